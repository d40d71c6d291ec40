"""The last change of a list or of one of its networks: what a page says of who changed it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from webapp.storage.engine.database import db
from webapp.storage.events import LIST_CHANGES, MAX_EVENTS_SEARCHED
from webapp.storage.models import Event


@dataclass(frozen=True, slots=True)
class LastChange:
    """A change that was made: its kind, the actor's name at that time and id (None: the operator), and when."""

    kind: str
    by: str
    at: datetime
    user_id: int | None


def last_change_since(account_id: int, *, since: str, reader: int) -> LastChange | None:
    """Return the last change after the revision `since`: by somebody else than the reader, where there is one.

    Where `since` is not on record, the last change.
    """
    query = (
        sa.select(Event.kind, Event.actor, Event.at, Event.user_id, Event.before)
        .where(Event.account_id == account_id, LIST_CHANGES)
        .order_by(Event.id.desc())
        .limit(MAX_EVENTS_SEARCHED)
    )
    last = others = None
    for row in db.session.execute(query):
        made = LastChange(row.kind, row.actor, row.at, row.user_id)
        last = last or made
        others = others or (made if row.user_id != reader else None)
        if row.before["revision"] == since:
            return others or last
    return last


def last_change(account_id: int, *, kind: str = "", entry_id: int | None = None) -> LastChange | None:
    """Return the account's last change: of that kind, of that network, where one is named. None: not on record."""
    query = sa.select(Event.kind, Event.actor, Event.at, Event.user_id, Event.before, Event.after).where(
        Event.account_id == account_id, LIST_CHANGES
    )
    if kind:
        query = query.where(Event.kind == kind)
    for row in db.session.execute(query.order_by(Event.id.desc()).limit(MAX_EVENTS_SEARCHED if entry_id else 1)):
        networks = row.before["networks"] + row.after["networks"]
        if entry_id is None or any(network["id"] == entry_id for network in networks):
            return LastChange(row.kind, row.actor, row.at, row.user_id)
    return None
