"""Which rows a page of history has, events or sign-ins: found through an index, whatever is asked (R15)."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from webapp.domain.history_query import OPERATOR_ID, Cursor, Filter
from webapp.domain.network import Network
from webapp.domain.network_key import around, inside
from webapp.storage.engine.database import db
from webapp.storage.models import Event, EventNetwork, table_of

RECENT, MORE = 2_000, 20_000  # of an account's latest networks: how many are looked through first, and then
FEW = 5_000  # networks that are sorted, or counted, at once


class Searched(NamedTuple):
    """A table that can be searched, with columns `account_id`, `user_id`, `kind`, `at`; its column of ids.

    One that is searched by network also has `key`, and two indexes with all these columns: by key, and by moment.
    """

    columns: Any
    id: Any


_EVENTS = Searched(table_of(Event).c, table_of(Event).c.id)
_NETWORKS = Searched(table_of(EventNetwork).c, table_of(EventNetwork).c.event_id)


class Within(NamedTuple):
    """Conditions of a page, for whichever table is searched."""

    account_id: int
    which: Filter
    after: Cursor | None

    def conditions(self, searched: Searched) -> list[sa.ColumnElement[bool]]:
        """Return the conditions of account, person, days and cursor; the kinds are another question."""
        which, table = self.which, searched.columns
        found: list[sa.ColumnElement[bool]] = [table.account_id == self.account_id]
        if which.who is not None:
            found.append(table.user_id.is_(None) if which.who == OPERATOR_ID else table.user_id == which.who)
        if which.since is not None:
            found.append(table.at >= _written(which.since, table.at.type))
        # One end, not two: SQLite would begin at the one, and go through all that lies between it and the other.
        if self.after is not None and (which.until is None or self.after.at < which.until):
            at = _written(self.after.at, table.at.type)
            found.append(sa.tuple_(table.at, searched.id) < sa.tuple_(at, _written(self.after.id)))
        elif which.until is not None:
            found.append(table.at < _written(which.until, table.at.type))
        return found


def latest(within: Within, most: int) -> list[int]:
    """Return the ids of the latest events, at most so many, in no order."""
    if within.which.network is None:
        return of_kinds(_EVENTS, within, most)
    return about(_NETWORKS, within, within.which.network, most)


def of_kinds(searched: Searched, within: Within, most: int) -> list[int]:
    """Return the ids of the latest rows: of each kind so many, as each has its part of an index."""
    at, row_id = searched.columns.at, searched.id
    conditions, kinds = within.conditions(searched), within.which.kinds
    parts = [
        sa.select(row_id.label("id"), at)
        .where(*conditions, *of_kind)
        .order_by(at.desc(), row_id.desc())
        .limit(most)
        .subquery()
        for of_kind in ([[searched.columns.kind == kind] for kind in kinds] or [[]])
    ]
    found = sa.union_all(*(sa.select(part.c.id, part.c.at) for part in parts)).subquery().c
    return list(db.session.scalars(sa.select(found.id).order_by(found.at.desc(), found.id.desc()).limit(most)))


def about(searched: Searched, within: Within, network: Network, most: int) -> list[int]:
    """Return the ids of the latest rows about networks inside the network, or around it.

    What many rows are about, the latest have; what few are about is found by its key, and sorted. Only what many are
    about, all of them long ago, takes longer.
    """
    conditions = within.conditions(searched)
    if within.which.kinds:
        conditions.append(searched.columns.kind.in_(within.which.kinds))
    hits = _hits(searched, conditions, network)
    found = _first(_recent(searched, conditions, network, RECENT), most)
    if len(found) < most and not _are_few(hits):
        found = _first(_recent(searched, conditions, network, MORE), most)
    return found if len(found) == most else _first(hits, most)


def _are_few(hits: sa.CompoundSelect[Any]) -> bool:
    counted = sa.select(sa.literal(1)).select_from(hits.subquery()).limit(FEW + 1).subquery()
    return db.session.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one() <= FEW


def _hits(searched: Searched, conditions: list[sa.ColumnElement[bool]], network: Network) -> sa.CompoundSelect[Any]:
    """Return a query for all that match, by the index of keys: one range, and a key for each shorter prefix."""
    key = searched.columns.key
    columns = sa.select(searched.id.label("id"), searched.columns.at).where(*conditions)
    return sa.union_all(columns.where(_is_inside(key, network)), columns.where(key.in_(around(network)[:-1])))


def _is_inside(key: Any, network: Network) -> sa.ColumnElement[bool]:
    first, last = map(_written, inside(network))
    found: sa.ColumnElement[bool] = key.between(first, last)
    return found


def _written(value: Any, of: Any = None) -> sa.BindParameter[Any]:
    """Return the value as the statement's own text.

    Of parameters, PostgreSQL makes one plan for any value once it has seen a few: then it may read all of the days, or
    all inside a network, where the plan for these would not.
    """
    return sa.literal(value, of, literal_execute=True)


def _recent(
    searched: Searched, conditions: list[sa.ColumnElement[bool]], network: Network, most: int
) -> sa.Select[Any]:
    """Return a query for those that match among so many of the account's latest."""
    at, row_id = searched.columns.at, searched.id
    looked_at = (
        sa.select(row_id.label("id"), at, searched.columns.key)
        .where(*conditions)
        .order_by(at.desc(), row_id.desc())
        .limit(most)
        .subquery()
        .c
    )
    matches = sa.or_(_is_inside(looked_at.key, network), looked_at.key.in_(around(network)[:-1]))
    return sa.select(looked_at.id, looked_at.at).where(matches)


def _first(found: sa.Select[Any] | sa.CompoundSelect[Any], most: int) -> list[int]:
    """Return the latest of them, each once. Sorted by what no index has, so that `found` decides how it is found."""
    of = found.subquery().c
    query = sa.select(of.id).group_by(of.id, of.at).order_by(of.at.desc(), of.id.desc()).limit(most)
    return list(db.session.scalars(query))
