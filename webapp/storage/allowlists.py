"""The list in storage: load it, compile it, and `changing`, the only way to change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.compiled_list import CompiledList
from webapp.domain.leaving_out import settle
from webapp.domain.network import Network
from webapp.domain.standing import require_in
from webapp.storage import events, network_rows
from webapp.storage.engine.database import db
from webapp.storage.engine.transactions import write
from webapp.storage.events import Actor, Operation
from webapp.storage.models import Account, NetworkRow, table_of
from webapp.storage.revisions import new_revision
from webapp.storage.standing import standing

T = TypeVar("T")
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
_LOAD = (
    sa.select(
        _account.allowlist_active,
        _account.allowlist_revision,
        _network.id,
        _network.network,
        _network.comment,
        _network.version,
        _network.added_at,
        _network.added_by,
        _network.added_by_id,
        _network.position,
        _network.last_sign_in_at,
    )
    .select_from(_joined)
    .where(_of_account)
    .order_by(_network.added_at.desc(), _network.position.desc())  # as `newest_first` has it
)
_LOCK = (
    sa.update(table_of(Account))
    .where(_of_account)
    .values(allowlist_revision=sa.bindparam("next"), allowlist_previous=_account.allowlist_revision)
    .returning(_account.allowlist_previous)
)


class Stored(NamedTuple):
    """A stored network, as `_COMPILED` returns it: what decides whether it counts (`admission.Listed`)."""

    network: Network


class ListUnreadable(Exception):
    """The stored list is not one: nobody is let in (R12)."""


class NoAccount(Exception):
    """There is no account with that id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to: the list before and after; the event's id where something changed.

    `repeated`: the same form had been applied before. Where nothing changes both lists are the one that was read
    under the lock: read again, it could miss what the answer is about.
    """

    before: Allowlist
    after: Allowlist
    event_id: int | None = None
    repeated: bool = False

    @property
    def added(self) -> tuple[Entry, ...]:
        """The networks that were not on the list before."""
        old = {entry.id for entry in self.before.entries}
        return tuple(entry for entry in self.after.entries if entry.id not in old)


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
            Entry(Network.from_canonical(text), comment, entry_id, version, *facts)
            for _, _, entry_id, text, comment, version, *facts in rows
            if text  # An empty list: the outer join gives one row without a network.
        )
    except ValueError as error:
        raise ListUnreadable(f"account {account_id}") from error
    return Allowlist(rows[0][0], entries, rows[0][1])


def changing(
    account_id: int,
    actor: Actor,
    kind: str,
    change: Callable[[Allowlist], Allowlist],
    *,
    then: str = "",
    shown: str | None = None,
    require_consent: Callable[[Allowlist, Allowlist], None] = lambda before, after: None,
    operation: Operation | None = None,
    now: Callable[[], datetime],
) -> Outcome:
    """Change the account's list in one transaction: lock, read again, judge the actor, decide, apply R6, write, commit.

    `change` is pure and gets the present list; whatever it raises leaves no trace. `then` is the chosen way
    out of R6, `shown` the address that the form named (R5a); `require_consent` gets the lists before and after it, and
    may refuse. A form sent twice (same operation) is applied once. `now` is asked once the lock is held.

    Raises:
        SignedOut, NotLetIn, NotOwner: the actor has been put out meanwhile (R8b).
        Stale: the operation id was used for something else.
        Refused: what the domain refuses, LeavesYouOut among it.
        Unavailable: the database could not do it now.
    """

    def work(session: Session) -> Outcome:
        revision, previous = lock(session, account_id)
        before = replace(_judged(session, account_id, actor, now), revision=previous)
        if operation is not None and events.was_applied(session, account_id, actor, operation):
            session.rollback()
            return Outcome(before, before, repeated=True)
        after = settle(before, change(before), actor.address, then, shown)
        if after == before:
            session.rollback()
            return Outcome(before, before)
        require_consent(before, after)
        moment = now()
        stored = network_rows.store(session, account_id, (before, after), actor, moment)
        stored = replace(stored, revision=revision)
        event_id = events.record(session, account_id, actor, kind, (before, stored), operation, moment)
        return Outcome(before, stored, event_id)

    return write(work)


def lock(session: Session, account_id: int) -> tuple[str, str]:
    """Lock the account by giving the list its next revision; return it and the one before.

    A refused change rolls that back.

    Raises:
        NoAccount: no such account.
    """
    revision = new_revision()
    previous = session.execute(_LOCK, {"account_id": account_id, "next": revision}).scalar_one_or_none()
    if previous is None:
        raise NoAccount
    return revision, previous


def while_in(
    account_id: int, actor: Actor, work: Callable[[Session, datetime], T], *, now: Callable[[], datetime]
) -> T:
    """Run `work`, which changes no list, in a writing transaction, at a moment at which the actor is in (R8b).

    Raises:
        SignedOut, NotLetIn, NotOwner: the actor has been put out meanwhile.
        Unavailable: the database could not do it now.
    """

    def judged(session: Session) -> T:
        _judged(session, account_id, actor, now)
        return work(session, now())

    return write(judged)


def _judged(session: Session, account_id: int, actor: Actor, now: Callable[[], datetime]) -> Allowlist:
    """Return the list under the lock, as it is before the change, if the actor is in (R8b); the operator always is."""
    if actor.user_id is None:
        return load(account_id)
    person = standing(session, account_id, actor.user_id, actor.session, now)
    before = load(account_id)
    require_in(person, before, actor.address)
    return before
