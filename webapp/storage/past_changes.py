"""Changes of a list that can be undone, read from the events: what each added, changed and removed (R16)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webapp.domain.allowlist import Entry
from webapp.domain.network import Network
from webapp.domain.undoing import PastChange
from webapp.storage.engine.database import db
from webapp.storage.events import LIST_CHANGES, MAX_EVENTS_SEARCHED, Actor
from webapp.storage.first_facts import facts_at_addition
from webapp.storage.models import Event
from webapp.storage.network_facts import entry_of

MOST_OFFERED = 3  # imports and restores: each may hold the facts of a thousand networks
_CHANGES = sa.select(Event.id, Event.kind, Event.at, Event.before, Event.after)


@dataclass(frozen=True, slots=True)
class Past:
    """A change that was made: its event, when, and what it did."""

    event_id: int
    kind: str
    at: datetime
    change: PastChange


def in_event(account_id: int, event_id: int) -> Past | None:
    """Return what the account's event did to networks; None where it is no change of any.

    Facts that it lacks of what was removed are read from the addition's event.
    """
    query = _CHANGES.where(Event.id == event_id, Event.account_id == account_id, LIST_CHANGES)
    row = db.session.execute(query).one_or_none()
    past = None if row is None else _past(row)
    if row is None or past is None or not past.change:
        return None
    lacking = {one["id"]: one["network"] for one in _removed(row) if "added_at" not in one}
    known = facts_at_addition(account_id, lacking, event_id)
    removed = tuple(entry_of(one | known.get(one["id"], {})) for one in _removed(row))
    return replace(past, change=replace(past.change, removed=removed))


def own_since(account_id: int, actor: Actor, since: datetime) -> list[Past]:
    """Return the person's changes since then that Undo is offered for, the latest first: those not undone.

    Deletes, one for each network, and the last imports and restores; a program that acts for them has another name.
    """
    mine = _CHANGES.where(
        Event.account_id == account_id, Event.user_id == actor.user_id, Event.actor == actor.name, Event.at >= since
    ).order_by(Event.id.desc())
    many = sa.or_(Event.kind == "import", sa.and_(Event.kind == "restore", Event.after["as_of"].as_integer() > 0))
    rows = [
        *db.session.execute(mine.where(Event.kind == "delete").limit(MAX_EVENTS_SEARCHED)),
        *db.session.execute(mine.where(many).limit(MOST_OFFERED)),
    ]
    undone = _undone_since(account_id, since) if rows else set[int]()
    later, found = set[Network](), list[Past]()
    for past in map(_past, sorted(rows, key=lambda row: row.id, reverse=True)):
        networks = {entry.network for entry in past.change.removed}
        if past.change and past.event_id not in undone and not networks & later:
            found.append(past)
        later |= networks
    return found


def _undone_since(account_id: int, since: datetime) -> set[int]:
    """Return the events that were undone since then."""
    undone = Event.after["undone"].as_integer()
    query = sa.select(undone).where(Event.account_id == account_id, Event.kind == "restore", Event.at >= since)
    return set(db.session.scalars(query.where(undone > 0)))


def _past(row: Any) -> Past:
    before, after = _by_id(row.before), _by_id(row.after)
    # What a delete or an edit adds besides is the way out that its author took: it stays.
    new = [] if row.kind in {"delete", "edit"} else [one for key, one in after.items() if key not in before]
    change = PastChange(
        added=tuple(map(_entry, new)),
        changed=tuple((_entry(one), _entry(after[key])) for key, one in before.items() if key in after),
        removed=tuple(map(entry_of, _removed(row))),
        deactivated=row.before["active"] and not row.after["active"],
    )
    return Past(row.id, row.kind, row.at, change)


def _removed(row: Any) -> list[dict[str, Any]]:
    after = _by_id(row.after)
    return [one for one in row.before["networks"] if one["id"] not in after]


def _by_id(state: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {one["id"]: one for one in state["networks"]}


def _entry(kept: dict[str, Any]) -> Entry:
    """Return a network without its facts, of which a thousand take their time."""
    return Entry(Network.from_canonical(kept["network"]), kept["comment"], kept["id"])
