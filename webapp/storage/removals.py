"""Removed networks, read from the events: what Undo restores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webapp.domain.allowlist import Entry
from webapp.storage.engine.database import db
from webapp.storage.events import LIST_CHANGES, MAX_EVENTS_SEARCHED
from webapp.storage.first_facts import facts_at_addition
from webapp.storage.models import Event
from webapp.storage.network_facts import entry_of

DELETE, RESTORE = "delete", "restore"


@dataclass(frozen=True, slots=True)
class Removal:
    """A network that was deleted, with its facts; by which event, and when."""

    event_id: int
    at: datetime
    entry: Entry


def in_event(account_id: int, event_id: int) -> Removal | None:
    """Return what the account's event has deleted, or None. Facts that it lacks are read from the addition's event."""
    query = sa.select(Event.id, Event.at, Event.before, Event.after).where(
        Event.id == event_id, Event.account_id == account_id, Event.kind == DELETE
    )
    row = db.session.execute(query).one_or_none()
    gone = None if row is None else _gone(row)
    if row is None or gone is None:
        return None
    known: dict[int, dict[str, Any]] = {}
    if "added_at" not in gone:
        known = facts_at_addition(account_id, {gone["id"]: gone["network"]}, event_id)
    return Removal(row.id, row.at, entry_of(gone | known.get(gone["id"], {})))


def own_since(account_id: int, user_id: int, since: datetime) -> list[Removal]:
    """Return the person's deletes since then that were not undone, the latest first.

    One for each network, among the account's last MAX_EVENTS_SEARCHED changes.
    """
    of_account = sa.select(Event).where(Event.account_id == account_id, LIST_CHANGES)
    event = of_account.order_by(Event.id.desc()).limit(MAX_EVENTS_SEARCHED).subquery().c
    query = sa.select(event.id, event.at, event.kind, event.user_id, event.before, event.after).where(
        event.kind.in_((DELETE, RESTORE)), event.at >= since
    )
    found: list[Removal] = []
    later: set[str] = set()
    for row in db.session.execute(query.order_by(event.id.desc())):
        gone = _gone(row)
        if row.kind == RESTORE:
            later |= {network["network"] for network in row.after["networks"]}
        elif row.user_id == user_id and gone is not None and gone["network"] not in later:
            later.add(gone["network"])
            found.append(Removal(row.id, row.at, entry_of(gone)))
    return found


def _gone(row: Any) -> dict[str, Any] | None:
    kept = {network["id"] for network in row.after["networks"]}
    return next((network for network in row.before["networks"] if network["id"] not in kept), None)
