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
    return [
        _entry(name[:40], said)
        for name, texts in request.args.to_dict(flat=False).items()
        if (said := _what_is_wrong(name, texts))
    ]


def _what_is_wrong(name: str, texts: list[str]) -> str:
    if name not in PARAMETERS:
        return f"There is no such parameter; these are: {', '.join(PARAMETERS)}."
    if len(texts) > 1:
        return "Send it once."
    return "" if texts[0] and texts[0] == texts[0].strip() else "Send it without blanks around it, or leave it out."


def _entry(name: str, detail: str) -> dict[str, Any]:
    return {"parameter": name, "code": "parameter", "detail": detail}
