"""The account's IP allowlist, to read."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from webapp.api.authentication import authenticated
from webapp.domain.allowlist import Entry
from webapp.domain.token_scopes import READ
from webapp.storage import allowlists
from webapp.storage.api_tokens import Access


@authenticated(READ)
def show(access: Access) -> Response:
    """Return the list: state and networks, newest first; 304 where the sender has it already."""
    stored = allowlists.load(access.account_id)
    if request.if_none_match.contains_weak(stored.revision):
        response = Response(status=304)
    else:
        networks = [_network(entry) for entry in stored.entries]
        response = jsonify(state=state_of(stored.active), networks=networks)
    response.set_etag(stored.revision)
    return response


def state_of(active: bool) -> str:
    """Return the word for a list that is in effect, or is not."""
    return "active" if active else "inactive"


def _network(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "network": entry.network.text,
        "comment": entry.comment,
        "added_at": entry.added_at.isoformat() if entry.added_at else None,
        "added_by": entry.added_by,
    }
