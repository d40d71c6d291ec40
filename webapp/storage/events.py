"""Events: every accepted change of a list, with who made it, from where, and what was before and after.

Also what operators do to an account's users and tokens (`note`). Listeners get each event after its commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from blinker import NamedSignal, Namespace
from flask import Flask
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.domain.allowlist import Allowlist, Stale
from webapp.domain.session_end import Limits
from webapp.storage.engine import after_commit
from webapp.storage.models import Event, Membership, table_of
from webapp.storage.network_facts import facts_of

OPERATOR_KINDS = ("api_token_create", "user_create", "user_disable", "user_enable")
LIST_CHANGES = Event.kind.not_in(OPERATOR_KINDS)
MAX_EVENTS_SEARCHED = 50  # by `last_changes` and `removals`
event_stored: NamedSignal = Namespace().signal("event-stored")
"""Sent with a `StoredEvent` after the commit, never for one that was rolled back or for a form that was repeated.

Connect to it with `listen`.
"""
_event = table_of(Event).c
_INSERT = sa.insert(table_of(Event)).returning(_event.id)
_FINGERPRINT = sa.select(_event.fingerprint).where(
    _event.account_id == sa.bindparam("account_id"),
    _event.user_id == sa.bindparam("user_id"),
    _event.operation == sa.bindparam("operation"),
)


@dataclass(frozen=True, slots=True)
class ActorSession:
    """The portal session in which somebody acts: the hash of its id, and how long it may live."""

    id_hash: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a list, from where, in which portal session.

    The operator has no user, and may do it from anywhere. Without a session only role and list count.
    """

    name: str
    user_id: int | None = None
    address: Address | None = None
    session: ActorSession | None = None

    @property
    def has_no_place(self) -> bool:
        """Whether no address of theirs could be left out: the operator's, a program's. R18 is asked instead of R6."""
        return self.session is None and self.address is None


OPERATOR = Actor("operator")


@dataclass(frozen=True, slots=True)
class Operation:
    """The one-time id of a form, and the fingerprint of what was sent with it."""

    id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that is committed: its id, of which account, what kind, by whom (the name as it was then), when.

    `before` and `after` are what the table keeps of it: `revision`, `networks` that the other one lacks or has
    otherwise (`_difference`), and of a change of the list `active`. `kind` is what was asked for: a list that a delete
    or an edit has deactivated (`then=deactivate`) is seen by `active` only. The operator has no `user_id`.
    """

    id: int
    account_id: int
    kind: str
    by: str
    user_id: int | None
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]


class Listener(Protocol):
    """What is called with every stored event."""

    def __call__(self, app: Flask, /, *, event: StoredEvent) -> None:
        """Act on the event; an exception is logged, and costs the change nothing."""


def listen(app: Flask, listener: Listener) -> None:
    """Call the listener after the commit of every event of the app; it is held as long as the process lives.

    It runs inside the request or command that has made the change, before its answer: what takes time belongs
    elsewhere.
    """
    event_stored.connect(listener, app, weak=False)


def record(
    session: Session,
    account_id: int,
    actor: Actor,
    kind: str,
    lists: tuple[Allowlist, Allowlist],
    operation: Operation | None,
    now: datetime,
) -> int:
    """Add the event of a change from the first to the second list, and return its id."""
    before, after = lists
    changed = {"before": _difference(before, after), "after": _difference(after, before)}
    return store(session, account_id, actor, kind, changed, now, operation)


def store(
    session: Session,
    account_id: int,
    actor: Actor,
    kind: str,
    changed: dict[str, dict[str, Any]],
    now: datetime,
    operation: Operation | None = None,
) -> int:
    """Add an event, with what was `before` and `after` it, and return its id; listeners get it after the commit."""
    values = {
        "account_id": account_id,
        "user_id": actor.user_id,
        "actor": actor.name,
        "address": actor.address.text if actor.address else None,
        "at": now,
        "kind": kind,
        "operation": operation.id if operation else None,
        "fingerprint": operation.fingerprint if operation else None,
    }
    event_id: int = session.execute(_INSERT, values | changed).scalar_one()
    stored = StoredEvent(event_id, account_id, kind, actor.name, actor.user_id, now, **changed)
    after_commit.send_later(session, event_stored, stored)
    return event_id


def note(session: Session, account_id: int, kind: str, what: dict[str, Any], now: datetime) -> None:
    """Add the event of something that the operator did and that is no change of a list.

    `kind` is one of `OPERATOR_KINDS`; `what` is how it is afterwards, and holds no secret.
    """
    if kind not in OPERATOR_KINDS:
        raise ValueError(kind)
    of_list = {"revision": "", "networks": []}  # The release before reads both of every event.
    store(session, account_id, OPERATOR, kind, {"before": of_list, "after": of_list | what}, now)


def note_everywhere(session: Session, user_id: int, kind: str, what: dict[str, Any], now: datetime) -> None:
    """Add such an event to each account that the user belongs to."""
    for account_id in session.scalars(sa.select(Membership.account_id).where(Membership.user_id == user_id)).all():
        note(session, account_id, kind, what, now)


def _difference(one: Allowlist, other: Allowlist) -> dict[str, Any]:
    """Return the state of `one`, and its networks that `other` lacks (with all facts) or has in another version."""
    others = {entry.id: entry for entry in other.entries}
    return {
        "active": one.active,
        "revision": one.revision,
        "networks": [
            {"id": entry.id, "network": entry.network.text, "comment": entry.comment}
            | ({} if entry.id in others else facts_of(entry))
            for entry in one.entries
            if others.get(entry.id) is not entry
        ],
    }


def was_applied(session: Session, account_id: int, actor: Actor, operation: Operation) -> bool:
    """Whether the same form was applied before.

    Raises:
        Stale: the id was used with other content (the Back button, then other text): "done" would lose that text.
    """
    form = {"account_id": account_id, "user_id": actor.user_id, "operation": operation.id}
    fingerprint = session.execute(_FINGERPRINT, form).scalar_one_or_none()
    if fingerprint is not None and fingerprint != operation.fingerprint:
        raise Stale
    return fingerprint is not None
