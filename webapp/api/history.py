"""The account's history, a page at a time (R15)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from webapp.api.authentication import authenticated
from webapp.domain.history_query import QueryErrors, read
from webapp.domain.token_scopes import HISTORY
from webapp.storage import history, history_pages
from webapp.storage.api_tokens import Access
from webapp.web.problems import problem

PARAMETERS = ("view", "who", "what", "network", "from", "to", "cursor")


@authenticated(HISTORY)
def show(access: Access) -> Response:
    """Return the next events behind the cursor, or the latest, and the cursor that goes on."""
    if unusable := _unusable():
        return problem(422, "parameter", "Nothing was looked for: see what is wrong with each parameter.", unusable)
    texts = {name: request.args[name] for name in PARAMETERS if name in request.args}
    try:
        query = read({"page" if name == "cursor" else name: text for name, text in texts.items()})
    except QueryErrors as wrong:
        entries = [_entry("cursor" if name == "page" else name, text) for name, text in wrong.messages.items()]
        return problem(422, "parameter", "Nothing was looked for: see what is wrong with each parameter.", entries)
    found = history_pages.told(access.account_id, query, history.PAGE_SIZE)
    return jsonify(view=query.view, events=found.facts, next=found.next.text if found.next else None)


def _unusable() -> list[dict[str, Any]]:
    sent = request.args.to_dict(flat=False)
    unknown = [_entry(name[:40], f"There is no such parameter; these are: {', '.join(PARAMETERS)}.") for name in sent]
    return [one for one in unknown if one["parameter"] not in PARAMETERS] + [
        _entry(name, "Send it once.") for name, texts in sent.items() if name in PARAMETERS and len(texts) > 1
    ]


def _entry(name: str, detail: str) -> dict[str, Any]:
    return {"parameter": name, "code": "parameter", "detail": detail}
