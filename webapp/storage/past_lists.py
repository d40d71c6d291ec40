"""The list as it was after any event: walked back from the next snapshot, or from the present list (R16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from webapp.domain.allowlist import Allowlist, Entry, newest_first
from webapp.domain.network import Network
from webapp.storage import stored_lists
from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.database import db
from webapp.storage.events import LIST_CHANGES
from webapp.storage.first_facts import facts_at_addition
from webapp.storage.models import Event, ListSnapshot, table_of
from webapp.storage.network_facts import entry_of

_TRIES = 5
_event, _snapshot = table_of(Event).c, table_of(ListSnapshot).c
_of_account = _event.account_id == sa.bindparam("of")
_IS_THERE = sa.select(_event.id).where(_of_account, _event.id == sa.bindparam("event"))
_NEWEST = sa.select(_event.id).where(_of_account).order_by(_event.id.desc()).limit(1)
# First which, then what they hold: asked for both at once, SQLite may go through other accounts' rows.
_NEXT = sa.select(sa.func.min(_snapshot.event_id)).where(
    _snapshot.account_id == sa.bindparam("of"), _snapshot.event_id >= sa.bindparam("event")
)
_NEXT_SNAPSHOT = sa.select(_snapshot.event_id, _snapshot.state).where(_snapshot.event_id == _NEXT.scalar_subquery())
_BETWEEN = sa.select(_event.id).where(_of_account, _event.id > sa.bindparam("event"), _event.id <= sa.bindparam("last"))
_BACKWARDS = (
    sa.select(_event.before, _event.after).where(_event.id.in_(_BETWEEN), LIST_CHANGES).order_by(_event.id.desc())
)


def as_of(account_id: int, event_id: int) -> Allowlist | None:
    """Return the account's list as it was after the event, with facts and ids of then, without versions.

    None: the account has no such event. An event that changed no list names the list as it was at that moment.

    Raises:
        ListUnreadable: the present list, from which it would be told, cannot be read.
        Unavailable: the list changed all the time.
    """
    asked = {"of": account_id, "event": event_id}
    if db.session.execute(_IS_THERE, asked).first() is None:
        return None
    base, last = _base(asked)
    active, revision, entries = base.active, base.revision, {entry.id: entry for entry in base.entries}
    for before, after in db.session.execute(_BACKWARDS, asked | {"last": last}):
        active, revision = before["active"], before["revision"]
        _undo(entries, before["networks"], after["networks"])
    known = newest_first(_with_facts(account_id, entries.values(), event_id))
    return Allowlist(active, known, revision)


def _base(asked: dict[str, int]) -> tuple[Allowlist, int]:
    """Return a list that is known, the nearest after the event, and the event that made it."""
    row = db.session.execute(_NEXT_SNAPSHOT, asked).one_or_none()
    if row is not None:
        state = row.state
        return Allowlist(state["active"], tuple(map(_entry, state["networks"])), state["revision"]), row.event_id
    newest = db.session.scalar(_NEWEST, asked)
    for _ in range(_TRIES):  # List and events are two statements; between them nothing may have happened.
        present = stored_lists.load(asked["of"])
        newest, before = db.session.scalar(_NEWEST, asked), newest
        if newest is not None and newest == before:
            return present, newest
    raise Unavailable("the list is changed all the time")


def _undo(entries: dict[int | None, Entry], before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Make the networks what they were before a change."""
    new = {one["id"] for one in after}
    for key in new - {one["id"] for one in before}:
        entries.pop(key, None)
    for one in before:
        there = entries.get(one["id"]) if one["id"] in new else None
        if there is None:
            entries[one["id"]] = _entry(one)
        else:
            network = Network.from_canonical(one["network"])
            entries[one["id"]] = replace(there, network=network, comment=one["comment"])


def _entry(kept: dict[str, Any]) -> Entry:
    return replace(entry_of(kept), id=kept["id"])


def _with_facts(account_id: int, entries: Iterable[Entry], event_id: int) -> Iterator[Entry]:
    """Yield the networks, with facts of their additions where events have not kept them."""
    entries = tuple(entries)
    missing = {entry.id: entry.network.text for entry in entries if entry.id is not None and entry.added_at is None}
    derived = facts_at_addition(account_id, missing, event_id)
    for entry in entries:
        facts = derived.get(entry.id) if entry.id is not None else None
        kept = {"network": entry.network.text, "comment": entry.comment, **(facts or {})}
        yield _entry(kept | {"id": entry.id}) if facts else entry
