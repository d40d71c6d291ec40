"""History: an account's events, a page at a time, by who, what, network and days (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

import sqlalchemy as sa

from webapp.domain.acts import Act, acts
from webapp.domain.event_kinds import Door
from webapp.domain.history_lines import done
from webapp.domain.history_query import Cursor, Filter
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage.engine.database import db
from webapp.storage.history_search import FEW, Within, latest
from webapp.storage.models import Event, EventNetwork, table_of

PAGE_SIZE = 50

_event, _about = table_of(Event).c, table_of(EventNetwork).c
_COLUMNS = (
    _event.id,
    _event.at,
    _event.kind,
    _event.actor,
    _event.user_id,
    _event.address,
    _event.door,
    _event.before,
    _event.after,
)
_LENGTH = sa.func.length(sa.cast(_event.before, sa.Text)) + sa.func.length(sa.cast(_event.after, sa.Text))


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event as it is stored. `door` is None where an older release has not said it."""

    id: int
    at: datetime
    kind: str
    by: str
    user_id: int | None
    address: str | None
    door: Door | None
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def acts(self) -> tuple[Act, ...]:
        """What the event did to the list."""
        return acts(self.kind, self.before, self.after)

    @property
    def facts(self) -> dict[str, Any]:
        """The event as programs, files and commands are told it."""
        told = {"id": self.id, "at": self.at.isoformat(), "kind": self.kind, "who": self.by, "user_id": self.user_id}
        told |= {"door": self.door, "address": self.address}
        return told | {
            "done": list(done(self.kind, self.before, self.after)),
            "before": self.before,
            "after": self.after,
        }

    @property
    def cursor(self) -> Cursor:
        """Where a page ends whose last event it is."""
        return Cursor(self.at, self.id)


class Page(NamedTuple):
    """Some events, the latest first, and where they end; None: there are no more."""

    events: tuple[PastEvent, ...]
    next: Cursor | None


def page(
    account_id: int, which: Filter, after: Cursor | None = None, size: int = PAGE_SIZE, most: int | None = None
) -> Page:
    """Return the account's next events behind the cursor, or the latest.

    `most`: how many characters they may hold together; fewer events are returned then, but one in any case.
    """
    ids = latest(Within(account_id, which, after), size + 1)
    if most is not None:
        ids, size = _within(ids, size, most)
    query = sa.select(*_COLUMNS).where(_event.id.in_(ids)).order_by(_event.at.desc(), _event.id.desc())
    found = tuple(PastEvent(*row) for row in db.session.execute(query))
    return Page(found[:size], found[size - 1].cursor if len(found) > size else None)


def _within(ids: list[int], size: int, most: int) -> tuple[list[int], int]:
    """Return the ids of the latest events that hold no more than that, and of the next one, and how many those are."""
    query = sa.select(_event.id, _LENGTH).where(_event.id.in_(ids)).order_by(_event.at.desc(), _event.id.desc())
    rows = db.session.execute(query).all()
    size = min(size, max(1, sum(length <= most for length in accumulate(row[1] for row in rows))))
    return [row[0] for row in rows[: size + 1]], size


def event(account_id: int, event_id: int) -> PastEvent | None:
    """Return the account's event with that id, or None."""
    query = sa.select(*_COLUMNS).where(_event.id == event_id, _event.account_id == account_id)
    row = db.session.execute(query).one_or_none()
    return None if row is None else PastEvent(*row)


def changes_of(account_id: int, networks: Iterable[Network]) -> dict[str, int]:
    """Return how many events are about each of the networks; nothing where they are more than FEW."""
    by_key = {key_of(network): network.text for network in networks}
    own = (_about.account_id == account_id, _about.key.in_(by_key))
    counted = sa.select(_about.key).where(*own).limit(FEW + 1).subquery().c
    query = sa.select(counted.key, sa.func.count()).group_by(counted.key)
    found = {by_key[key]: count for key, count in db.session.execute(query)} if by_key else {}
    return found if sum(found.values()) <= FEW else {}
