"""Which events a page of history has: found through an index, whatever is asked (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from webapp.domain.history_query import OPERATOR_ID, Cursor, Filter
from webapp.domain.network import Network
from webapp.domain.network_key import around, inside
from webapp.storage.engine.database import db
from webapp.storage.models import Event, EventNetwork, table_of

RECENT, MORE = 2_000, 20_000  # of an account's latest networks: how many are looked through first, and then
FEW = 5_000  # networks that are sorted at once

_event, _row = table_of(Event).c, table_of(EventNetwork).c


class Within(NamedTuple):
    """Conditions of a page, for whichever table has the columns."""

    account_id: int
    which: Filter
    after: Cursor | None

    def conditions(self, table: Any, event_id: sa.ColumnElement[int]) -> list[sa.ColumnElement[bool]]:
        """Return the conditions of account, person, days and cursor; the kinds are another question."""
        which, found = self.which, [table.account_id == self.account_id]
        if which.who is not None:
            found.append(table.user_id.is_(None) if which.who == OPERATOR_ID else table.user_id == which.who)
        if which.since is not None:
            found.append(table.at >= which.since)
        if which.until is not None:
            found.append(table.at < which.until)
        if self.after is not None:
            at = sa.literal(self.after.at, table.at.type)
            found.append(sa.tuple_(table.at, event_id) < sa.tuple_(at, sa.literal(self.after.id)))
        return found


def latest(within: Within, most: int) -> list[int]:
    """Return the ids of the latest events, at most so many, in no order."""
    network = within.which.network
    return _of_kinds(within, most) if network is None else _about(within, network, most)


def _of_kinds(within: Within, most: int) -> list[int]:
    """Return the ids of the latest events: of each kind so many, as each has its part of an index."""
    conditions = within.conditions(_event, _event.id)
    of_kinds: Sequence[list[sa.ColumnElement[bool]]] = [[_event.kind == kind] for kind in within.which.kinds] or [[]]
    parts = [
        sa.select(_event.id, _event.at)
        .where(*conditions, *of_kind)
        .order_by(_event.at.desc(), _event.id.desc())
        .limit(most)
        .subquery()
        for of_kind in of_kinds
    ]
    found = sa.union_all(*(sa.select(part.c.id, part.c.at) for part in parts)).subquery().c
    return list(db.session.scalars(sa.select(found.id).order_by(found.at.desc(), found.id.desc()).limit(most)))


def _about(within: Within, network: Network, most: int) -> list[int]:
    """Return the ids of the latest events about networks inside the network, or around it.

    What many events are about, the latest networks have; what few are about is found by its key, and sorted. Only what
    many are about, all of them long ago, takes longer.
    """
    conditions = within.conditions(_row, _row.event_id)
    if within.which.kinds:
        conditions.append(_row.kind.in_(within.which.kinds))
    hits = _hits(conditions, network)
    found = _first(_recent(conditions, network, RECENT), most)
    if len(found) < most and not _are_few(hits):
        found = _first(_recent(conditions, network, MORE), most)
    return found if len(found) == most else _first(hits, most)


def _are_few(hits: sa.CompoundSelect[Any]) -> bool:
    counted = sa.select(sa.literal(1)).select_from(hits.subquery()).limit(FEW + 1).subquery()
    return db.session.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one() <= FEW


def _hits(conditions: list[sa.ColumnElement[bool]], network: Network) -> sa.CompoundSelect[Any]:
    """Return a query for all that match, by the index of keys: one range, and a key for each shorter prefix."""
    columns = sa.select(_row.event_id, _row.at).where(*conditions)
    first, last = inside(network)
    return sa.union_all(columns.where(_row.key.between(first, last)), columns.where(_row.key.in_(around(network)[:-1])))


def _recent(conditions: list[sa.ColumnElement[bool]], network: Network, most: int) -> sa.Select[Any]:
    """Return a query for those that match among so many of the account's latest networks."""
    looked_at = (
        sa.select(_row.event_id, _row.at, _row.key)
        .where(*conditions)
        .order_by(_row.at.desc(), _row.event_id.desc())
        .limit(most)
        .subquery()
        .c
    )
    matches = sa.or_(looked_at.key.between(*inside(network)), looked_at.key.in_(around(network)[:-1]))
    return sa.select(looked_at.event_id, looked_at.at).where(matches)


def _first(found: sa.Select[Any] | sa.CompoundSelect[Any], most: int) -> list[int]:
    """Return the latest of them, each once. Sorted by what no index has, so that `found` decides how it is found."""
    of = found.subquery().c
    query = sa.select(of.event_id).group_by(of.event_id, of.at).order_by(of.at.desc(), of.event_id.desc()).limit(most)
    return list(db.session.scalars(query))
