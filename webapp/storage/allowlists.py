"""`changing`, the way to change a list (`repairs` apart); `load` and `compiled`, of `stored_lists`, read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.leaving_out import require_owners_in, settle
from webapp.domain.standing import require_in
from webapp.storage import events, network_rows, sign_ins
from webapp.storage.engine.transactions import write
from webapp.storage.events import Actor, Operation
from webapp.storage.models import Account, table_of
from webapp.storage.revisions import new_revision
from webapp.storage.standing import require_token, standing
from webapp.storage.stored_lists import ListUnreadable, NoAccount, compiled, load

__all__ = ["ListUnreadable", "NoAccount", "Outcome", "changing", "compiled", "load", "lock", "while_in"]

T = TypeVar("T")
_account = table_of(Account).c
_LOCK = (
    sa.update(table_of(Account))
    .where(_account.id == sa.bindparam("account_id"))
    .values(allowlist_revision=sa.bindparam("next"), allowlist_previous=_account.allowlist_revision)
    .returning(_account.allowlist_previous)
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a change: the list before and after, and the event's id and moment where something changed.

    `repeated`: the same form was applied before. Where nothing changes both lists are the one that was read under the
    lock: a list read later could lack what the answer is about.
    """

    before: Allowlist
    after: Allowlist
    event_id: int | None = None
    repeated: bool = False
    at: datetime | None = None

    @property
    def added(self) -> tuple[Entry, ...]:
        """The networks that were not on the list before."""
        old = {entry.id for entry in self.before.entries}
        return tuple(entry for entry in self.after.entries if entry.id not in old)


def changing(
    account_id: int,
    actor: Actor,
    kind: str | Callable[[Allowlist, Allowlist], str],
    change: Callable[[Allowlist], Allowlist],
    *,
    then: str = "",
    shown: str | None = None,
    require_consent: Callable[[Allowlist, Allowlist], None] = lambda before, after: None,
    operation: Operation | None = None,
    acknowledge_lockout: bool = False,
    back_to: Mapping[str, int] = events.NOTHING,
    now: Callable[[], datetime],
) -> Outcome:
    """Change the account's list in one transaction: lock, read, judge the actor, decide, apply R6, write, commit.

    `change` gets the present list and returns the one that should be. It may read, stores nothing, and runs again
    when the transaction does; whatever it raises leaves no trace. `kind` is the event's, or says it of the lists before
    and after; `back_to` is the event that a restore goes back to. `then` is the chosen way out of R6, `shown` the
    address that the form named (R5a). `require_consent` gets the lists before and after, and may refuse. A form sent
    twice (same operation) is applied once. `now` is called once the lock is held.

    Of an actor who has no place (a program, the operator) R18 is asked instead of R6; `acknowledge_lockout` is its yes
    to a list that lets no owner in.

    Raises:
        SignedOut, NotLetIn, NotOwner, TokenEnded: the actor has lost access meanwhile (R8b).
        Stale: the operation id was used for something else.
        Refused: what the domain refuses: LeavesYouOut, LeavesOwnersOut and LeavesNobodyIn among it.
        Unavailable: the database could not do it now.
    """

    def work(session: Session) -> Outcome:
        revision, previous = lock(session, account_id)
        before = after = replace(_judged(session, account_id, actor, now), revision=previous)
        repeated = operation is not None and events.was_applied(session, account_id, actor, operation)
        if not repeated:
            after = change(before)
            if actor.has_no_place:
                owners = sign_ins.of_owners(session, account_id, now)
                require_owners_in(before, after, owners, acknowledged=acknowledge_lockout)
            else:
                after = settle(before, after, actor.address, then, shown)
        if after == before:
            session.rollback()
            return Outcome(before, before, repeated=repeated)
        require_consent(before, after)
        lists, moment = (before, replace(after, revision=revision)), now()
        stored = network_rows.store(session, account_id, lists, actor, moment)
        what = kind if isinstance(kind, str) else kind(before, stored)
        event_id = events.record(session, account_id, actor, what, (before, stored), operation, moment, back_to)
        return Outcome(before, stored, event_id, at=moment)

    return write(work)


def lock(session: Session, account_id: int) -> tuple[str, str]:
    """Lock the account's row by writing the list's next revision; return that and the one before.

    A refused change rolls it back.

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
    """Run `work`, which changes no list, in a writing transaction, while the actor has access (R8b).

    Raises:
        SignedOut, NotLetIn, NotOwner, TokenEnded: the actor has lost access meanwhile.
        Unavailable: the database could not do it now.
    """

    def judged(session: Session) -> T:
        _judged(session, account_id, actor, now)
        return work(session, now())

    return write(judged)


def _judged(session: Session, account_id: int, actor: Actor, now: Callable[[], datetime]) -> Allowlist:
    """Return the list under the lock, if the actor still has access (R8b); the operator always has.

    A program is asked for its token, never where it is: no list restricts the API (R2).
    """
    if actor.token_hash is not None:
        require_token(session, account_id, actor.token_hash)
        return load(account_id)
    if actor.user_id is None:
        return load(account_id)
    person = standing(session, account_id, actor.user_id, actor.session, now)
    before = load(account_id)
    require_in(person, before, actor.address)
    return before
