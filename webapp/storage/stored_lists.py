"""The list as its tables have it: loaded whole, or compiled to decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import NamedTuple

import sqlalchemy as sa

from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.compiled_list import CompiledList
from webapp.domain.network import Network
from webapp.storage.engine.database import db
from webapp.storage.models import Account, NetworkRow, table_of

SEPARATOR = "\n"
# Built once, and of tables: building statements and making rows of mapped classes took longer than the database.
_account, _network = table_of(Account).c, table_of(NetworkRow).c
_joined = table_of(Account).outerjoin(table_of(NetworkRow), _network.account_id == _account.id)
_of_account = _account.id == sa.bindparam("account_id")
# One row, not one for each network: it is asked for after every change, by every worker.
_COMPILED = (
    sa.select(
        _account.allowlist_active,
        _account.allowlist_revision,
        _account.list_stamp,
        sa.func.count(_network.id),
        sa.func.aggregate_strings(_network.network, SEPARATOR),
    )
    .select_from(_joined)
    .where(_of_account)
    .group_by(_account.id)
)
_FACTS = tuple(field.name for field in fields(Entry) if field.name != "network")  # each has a column of its name
_LOAD = (
    sa.select(
        _account.allowlist_active,
        _account.allowlist_revision,
        _network.network,
        *(_network[name] for name in _FACTS),
    )
    .select_from(_joined)
    .where(_of_account)
    .order_by(_network.added_at.desc(), _network.position.desc())  # as `newest_first` has it
)


_LISTED = sa.select(_network.network, _network.id).where(
    _network.account_id == sa.bindparam("account_id"), _network.network.in_(sa.bindparam("texts", expanding=True))
)


class Stored(NamedTuple):
    """A stored network, as `_COMPILED` returns it: what decides whether it counts (`admission.Listed`)."""

    network: Network


class ListUnreadable(Exception):
    """A stored network is not canonical text: the list admits nobody (R12)."""


class NoAccount(Exception):
    """There is no account with that id."""


def compiled(account_id: int) -> CompiledList:
    """Return the account's list ready to decide: state, revision, stamp and networks as one statement saw them.

    Raises:
        NoAccount: no such account.
        ListUnreadable: a stored network is not canonical text.
    """
    row = db.session.execute(_COMPILED, {"account_id": account_id}).one_or_none()
    if row is None:
        raise NoAccount
    active, revision, stamp, count, joined = row
    texts = joined.split(SEPARATOR) if count else []
    if len(texts) != count:
        raise ListUnreadable(f"account {account_id}")
    try:
        return CompiledList.compiling(map(Stored, map(Network.from_canonical, texts)), active, revision, stamp)
    except ValueError as error:
        raise ListUnreadable(f"account {account_id}") from error


def load(account_id: int) -> Allowlist:
    """Return the account's list: state, revision and networks as one statement saw them.

    Raises:
        NoAccount: no such account.
        ListUnreadable: a stored network is not canonical text.
    """
    rows = db.session.execute(_LOAD, {"account_id": account_id}).all()
    if not rows:
        raise NoAccount
    try:
        entries = tuple(
            Entry(Network.from_canonical(text), **dict(zip(_FACTS, facts, strict=True)))
            for _, _, text, *facts in rows
            if text  # An empty list: the outer join gives one row without a network.
        )
    except ValueError as error:
        raise ListUnreadable(f"account {account_id}") from error
    return Allowlist(rows[0][0], entries, rows[0][1])


def listed(account_id: int, texts: Collection[str]) -> dict[str, int]:
    """Return which of the networks, named by their canonical texts, are on the account's list, with their rows' ids."""
    if not texts:
        return {}
    asked = {"account_id": account_id, "texts": sorted(texts)}
    return dict(iter(db.session.execute(_LISTED, asked)))
