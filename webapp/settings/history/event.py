"""One event: before, after, what it did, and the list as it was after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.event_kinds import LIST_KINDS
from webapp.guard import portal_session
from webapp.settings.history.blueprint import bp
from webapp.settings.history.going_back import event_or_404
from webapp.settings.history.view import asked_texts, listed_of
from webapp.storage import past_lists
from webapp.storage.history import PastEvent
from webapp.storage.network_facts import entry_of
from webapp.web import htmx


@dataclass(frozen=True, slots=True)
class Side:
    """The networks that an event concerned, as they were before or after it. `concerns`: it concerned any at all."""

    active: bool
    entries: tuple[Entry, ...]
    concerns: bool


@bp.get("/<int:event_id>")
def event(event_id: int) -> Response:
    """Return the event's page; 404 for another account's, as for one that never was (R1).

    What the history was searched for comes along, for the way back to it.
    """
    session = portal_session.current()
    found = event_or_404(event_id)
    past = past_lists.as_of(session.account_id, event_id) or abort(404)
    return htmx.page(
        "settings/history/event.html",
        event=found,
        asked={name: text for name, text in asked_texts().items() if text},
        sides=sides_of(found, past),
        past=past,
        listed=listed_of(session.account_id, (found,)),
        is_present=past.revision == session.allowlist_revision,
    )


def sides_of(found: PastEvent, past: Allowlist) -> tuple[Side, ...]:
    """Return the list's part before and after; nothing where no list was changed, or it could not be read."""
    both = (found.before, found.after)
    if found.kind not in LIST_KINDS or "unreadable" in found.before:
        return ()
    facts = {entry.id: entry for entry in past.entries}
    concerns = any(side["networks"] for side in both)
    return tuple(Side(side["active"], tuple(_entry(one, facts) for one in side["networks"]), concerns) for side in both)


def _entry(kept: Mapping[str, Any], facts: Mapping[int | None, Entry]) -> Entry:
    """Return the network; who added it is known from the list where the event itself does not say it."""
    entry, known = entry_of(dict(kept)), facts.get(kept["id"])
    if known is None or entry.added_at is not None:
        return entry
    return replace(entry, added_at=known.added_at, added_by=known.added_by, added_by_id=known.added_by_id)
