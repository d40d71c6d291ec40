"""The list in storage: load it, compile it, and `changing`, the only way to change it (DESIGN 9)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.domain.allowlist import Allowlist, Entry, Stale, settle
from webapp.domain.network import Network
from webapp.storage.database import db
from webapp.storage.models import Account, Event, Membership, NetworkRow
from webapp.storage.sessions import OWNER
from webapp.storage.transactions import write


class ListUnreadable(Exception):
    """The stored list is not one: nobody is let in (R12)."""


class NotOwner(Exception):
    """The actor is no owner of the account (any more)."""


class NoAccount(Exception):
    """There is no account with that id."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a list, from where. The operator has no user, and may do it from anywhere."""

    name: str
    user_id: int | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """The one-time id of a form, and the fingerprint of what was sent with it."""

    id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to: the list before and after; the event's id where something changed.

    `repeated`: the same form had been applied before; both lists are the present one.
    """

    before: Allowlist
    after: Allowlist
    event_id: int | None = None
    repeated: bool = False


def new_revision() -> str:
    """Return a revision or version: 64 random bits as hexadecimal text, never a counter (DESIGN 4)."""
    return secrets.token_hex(8)


def load(account_id: int) -> Allowlist:
    """Return the account's list: state, revision and networks as one statement saw them.

    Raises:
        NoAccount: no such account.
        ListUnreadable: a stored network is not canonical text.
    """
    query = (
        sa.select(
            Account.allowlist_active,
            Account.allowlist_revision,
            NetworkRow.id,
            NetworkRow.network,
            NetworkRow.comment,
            NetworkRow.version,
            NetworkRow.added_at,
            NetworkRow.added_by,
        )
        .outerjoin(NetworkRow, NetworkRow.account_id == Account.id)
        .where(Account.id == account_id)
        .order_by(NetworkRow.id.desc())
    )
    rows = db.session.execute(query).all()
    if not rows:
        raise NoAccount
    try:
        entries = tuple(
            Entry(Network.from_canonical(text), comment, entry_id, version, added_at, added_by)
            for _, _, entry_id, text, comment, version, added_at, added_by in rows
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
    operation: Operation | None = None,
    now: datetime,
) -> Outcome:
    """Change the account's list in one transaction: lock, read again, decide, apply R6, write, commit.

    `change` is pure and gets the present list; whatever it raises leaves no trace. `then` is the chosen way
    out of R6. A form sent twice (same operation) is applied once.

    Raises:
        NotOwner: the actor's role was taken away meanwhile.
        Stale: the operation id was used for something else.
        Refused: what the domain refuses, LeavesYouOut among it.
        Unavailable: the database could not do it now.
    """

    def work(session: Session) -> Outcome:
        revision, previous = _lock(session, account_id)
        if actor.user_id is not None and not _is_owner(session, account_id, actor.user_id):
            raise NotOwner
        before = replace(load(account_id), revision=previous)
        if operation is not None and _was_applied(session, account_id, actor, operation):
            session.rollback()
            return Outcome(present := load(account_id), present, repeated=True)
        after = settle(before, change(before), actor.address, then)
        if after == before:
            session.rollback()
            return Outcome(present := load(account_id), present)
        stored = replace(_store(session, account_id, before, after, actor, now), revision=revision)
        event = _event(account_id, actor, kind, before, stored, operation, now)
        session.add(event)
        session.flush()
        return Outcome(before, stored, event.id)

    return write(work)


def deleted_in(account_id: int, event_id: int) -> tuple[datetime, str, str] | None:
    """Return when the event of this account deleted a network, its text and its comment; else None."""
    query = sa.select(Event.at, Event.before, Event.after).where(
        Event.id == event_id, Event.account_id == account_id, Event.kind == "delete"
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    kept = {network["id"] for network in row.after["networks"]}
    gone = [network for network in row.before["networks"] if network["id"] not in kept]
    return (row.at, gone[0]["network"], gone[0]["comment"]) if gone else None


def _lock(session: Session, account_id: int) -> tuple[str, str]:
    """Lock the account by giving the list its next revision; return it and the one before.

    A refused change rolls that back.
    """
    revision = new_revision()
    statement = (
        sa.update(Account)
        .where(Account.id == account_id)
        .values(allowlist_revision=revision, allowlist_previous=Account.allowlist_revision)
        .returning(Account.allowlist_previous)
        .execution_options(synchronize_session=False)
    )
    previous = session.execute(statement).scalar_one_or_none()
    if previous is None:
        raise NoAccount
    return revision, previous


def _is_owner(session: Session, account_id: int, user_id: int) -> bool:
    query = sa.select(Membership.role).where(Membership.account_id == account_id, Membership.user_id == user_id)
    return session.execute(query).scalar_one_or_none() == OWNER


def _was_applied(session: Session, account_id: int, actor: Actor, operation: Operation) -> bool:
    query = sa.select(Event.fingerprint).where(
        Event.account_id == account_id, Event.user_id == actor.user_id, Event.operation == operation.id
    )
    fingerprint = session.execute(query).scalar_one_or_none()
    if fingerprint is not None and fingerprint != operation.fingerprint:
        raise Stale  # The browser's Back button, then other text: answering "done" would lose that text.
    return fingerprint is not None


def _store(
    session: Session, account_id: int, before: Allowlist, after: Allowlist, actor: Actor, now: datetime
) -> Allowlist:
    """Write what differs and return the list as it is stored, with ids and versions."""
    old = {entry.id: entry for entry in before.entries}
    kept = {entry.id for entry in after.entries}
    # Deletions first: an edit or an addition may take the text of what goes.
    gone = [entry_id for entry_id in old if entry_id not in kept]
    if gone:
        session.execute(sa.delete(NetworkRow).where(NetworkRow.id.in_(gone)))
    if after.active != before.active:
        session.execute(sa.update(Account).where(Account.id == account_id).values(allowlist_active=after.active))
    entries = tuple(
        entry if entry == old.get(entry.id) else _write_entry(session, account_id, entry, actor, now)
        for entry in reversed(after.entries)
    )
    return replace(after, entries=entries[::-1])


def _write_entry(session: Session, account_id: int, entry: Entry, actor: Actor, now: datetime) -> Entry:
    values: dict[str, Any] = {"network": entry.network.text, "comment": entry.comment, "version": new_revision()}
    if entry.id is not None:
        session.execute(sa.update(NetworkRow).where(NetworkRow.id == entry.id).values(**values))
        return replace(entry, version=values["version"])
    row = NetworkRow(account_id=account_id, added_at=now, added_by=actor.name, **values)
    session.add(row)
    session.flush()
    return replace(entry, id=row.id, version=row.version, added_at=now, added_by=actor.name)


def _event(
    account_id: int,
    actor: Actor,
    kind: str,
    before: Allowlist,
    after: Allowlist,
    operation: Operation | None,
    now: datetime,
) -> Event:
    return Event(
        account_id=account_id,
        user_id=actor.user_id,
        actor=actor.name,
        address=actor.address.text if actor.address else None,
        at=now,
        kind=kind,
        before=_difference(before, after),
        after=_difference(after, before),
        operation=operation.id if operation else None,
        fingerprint=operation.fingerprint if operation else None,
    )


def _difference(one: Allowlist, other: Allowlist) -> dict[str, Any]:
    """Return the state, and the networks of one list that the other does not have, for the event."""
    others = set(other.entries)
    return {
        "active": one.active,
        "revision": one.revision,
        "networks": [
            {"id": entry.id, "network": entry.network.text, "comment": entry.comment}
            for entry in one.entries
            if entry not in others
        ],
    }
