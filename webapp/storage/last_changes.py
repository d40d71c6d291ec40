"""The last change of a list or of one of its networks: what a page says of who changed it, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webapp.domain.acts import Act, acts
from webapp.domain.program_name import by_token
from webapp.storage.engine.database import db
from webapp.storage.events import LIST_CHANGES, MAX_EVENTS_SEARCHED
from webapp.storage.models import Event


@dataclass(frozen=True, slots=True)
class LastChange:
    """A change that was made: its kind, the actor's name at that time and id (None: the operator), and when.

    `before` and `after` are what its event, of that `id`, keeps of it.
    """

    kind: str
    by: str
    at: datetime
    user_id: int | None
    before: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    after: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    id: int | None = field(default=None, compare=False)

    @property
    def acts(self) -> tuple[Act, ...]:
        """What the change did."""
        return acts(self.kind, self.before, self.after)


_AT_FIRST = 4  # Mostly they are enough, and each may hold a thousand networks.
_CHANGES = sa.select(Event.kind, Event.actor, Event.at, Event.user_id, Event.before, Event.after, Event.id)


def newest(account_id: int) -> LastChange | None:
    """Return the last change of the account's list; None: not on record."""
    query = _CHANGES.where(LIST_CHANGES, Event.account_id == account_id).order_by(Event.id.desc()).limit(1)
    row = db.session.execute(query).one_or_none()
    return LastChange(*row) if row else None


def changes_since(account_id: int, *, since: str, reader: int) -> tuple[LastChange, ...]:
    """Return the changes after the revision `since`, the latest first: of others than the reader, where there are any.

    A program that acts for the reader is somebody else. Where `since` is not on record, only the last change.
    """
    found: list[LastChange] = []
    for change in _latest(Event.account_id == account_id):
        found.append(change)
        if change.before["revision"] == since:
            return tuple(one for one in found if one.user_id != reader or by_token(one.by)) or tuple(found)
    return tuple(found[:1])


def last_change(account_id: int, *, kind: str = "", entry_id: int | None = None) -> LastChange | None:
    """Return the account's last change: of that kind, of that network, where one is named. None: not on record."""
    of_kind = (Event.kind == kind,) if kind else ()
    for change in _latest(Event.account_id == account_id, *of_kind):
        networks = change.before["networks"] + change.after["networks"]
        if entry_id is None or any(network["id"] == entry_id for network in networks):
            return change
    return None


def _latest(*which: sa.ColumnElement[bool]) -> Iterator[LastChange]:
    """Yield such changes, the latest first, at most MAX_EVENTS_SEARCHED."""
    query = _CHANGES.where(LIST_CHANGES, *which).order_by(Event.id.desc())
    for most in (_AT_FIRST, MAX_EVENTS_SEARCHED - _AT_FIRST):
        rows = db.session.execute(query.limit(most)).all()
        for row in rows:
            yield LastChange(*row)
        if len(rows) < most:
            return
        query = query.where(Event.id < rows[-1].id)
