"""The account's IP allowlist, to read."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, jsonify, request

from webapp.api.authentication import authenticated, insufficient
from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.token_scopes import HISTORY, READ
from webapp.storage import allowlists, past_lists
from webapp.storage.api_tokens import Access
from webapp.web.problems import problem

_ID = re.compile(r"[0-9]{1,10}", re.ASCII)
MAX_ID = 2**31 - 1


@authenticated(READ)
def show(access: Access) -> Response:
    """Return the list, as it is or as it was after the event `as_of` (R16)."""
    if "as_of" not in request.args:
        return _told(allowlists.load(access.account_id))
    if not access.may(HISTORY):
        return insufficient(HISTORY)
    asked = request.args.getlist("as_of")
    if len(asked) > 1 or not _ID.fullmatch(asked[0]) or not 0 < int(asked[0]) <= MAX_ID:
        return problem(422, "as_of", "Send one id of an event, as GET /api/v1/history tells them: as_of=17.")
    past = past_lists.as_of(access.account_id, int(asked[0]))
    if past is None:
        return problem(404, "no_event", "The account has no such event. GET /api/v1/history tells those that it has.")
    return _told(past)


def _told(stored: Allowlist) -> Response:
    """Return state and networks, newest first; 304 where the sender has that list already."""
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
