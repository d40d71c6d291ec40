"""The account's IP allowlist, to read."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.api.authentication import authenticated
from webapp.domain.allowlist import Entry
from webapp.storage import allowlists
from webapp.storage.api_tokens import Access


@authenticated
def show(access: Access) -> Response:
    """Return the list: state and networks, newest first."""
    stored = allowlists.load(access.account_id)
    networks = [_network(entry) for entry in stored.entries]
    return jsonify(state="active" if stored.active else "inactive", networks=networks)


def _network(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "network": entry.network.text,
        "comment": entry.comment,
        "added_at": entry.added_at.isoformat() if entry.added_at else None,
        "added_by": entry.added_by,
    }
