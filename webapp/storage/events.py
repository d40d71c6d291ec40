"""Events (R15): every accepted change of a list, with who made it, from where, by which door, before and after.

Also what else changes what people may do (`note`). Who hears of them after the commit: `listeners.py`. Events are only
added: triggers refuse everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.allowlist import Allowlist, Stale
from webapp.domain.event_kinds import KINDS, LIST_KINDS
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage import network_facts, snapshots
from webapp.storage.actors import OPERATOR, Actor, ActorSession, Operation, unix_user
from webapp.storage.engine import after_commit
from webapp.storage.listeners import StoredEvent, event_stored
from webapp.storage.models import Account, Event, Membership, table_of

__all__ = ["OPERATOR", "Actor", "ActorSession", "Operation", "note", "record", "store"]

LIST_CHANGES = Event.kind.in_(LIST_KINDS)
MAX_EVENTS_SEARCHED = 50  # by `last_changes` and `past_changes`
NOTHING: Mapping[str, int] = MappingProxyType({})
_event = table_of(Event).c
_weight = sa.select(_event.weight).where(_event.account_id == sa.bindparam("of")).order_by(_event.id.desc()).limit(1)
_INSERT = (
    sa.insert(table_of(Event))
    .values(weight=sa.func.coalesce(_weight.scalar_subquery(), 0) + sa.bindparam("networks", type_=sa.Integer))
    .returning(_event.id, _event.weight)
)
_FINGERPRINT = sa.select(_event.fingerprint).where(
    _event.account_id == sa.bindparam("account_id"),
    _event.user_id == sa.bindparam("user_id"),
    _event.operation == sa.bindparam("operation"),
)


def record(
    session: Session,
    account_id: int,
    actor: Actor,
    kind: str,
    lists: tuple[Allowlist, Allowlist],
    operation: Operation | None,
    now: datetime,
    back_to: Mapping[str, int] = NOTHING,
) -> int:
    """Add the event of a change from the first to the second list, and return its id.

    Its networks are what history is searched by; the whole list is kept with it each time that is due. `back_to` says
    which event's list it has brought back (`as_of`), or which event it has undone (`undone`).
    """
    before, after = lists
    changed = {"before": _difference(before, after), "after": _difference(after, before) | dict(back_to)}
    count = len(changed["before"]["networks"]) + len(changed["after"]["networks"])
    event, weight = _store(session, account_id, actor, kind, changed, now, operation, max(1, count))
    if snapshots.is_due(weight, max(1, count)):
        snapshots.add(session, event.id, account_id, after)
    return event.id


def _key(text: str) -> str:
    return key_of(Network.from_canonical(text))


def store(
    session: Session, account_id: int, actor: Actor, kind: str, changed: dict[str, dict[str, Any]], now: datetime
) -> int:
    """Add an event, with what was `before` and `after` it, and return its id; listeners get it after the commit."""
    return _store(session, account_id, actor, kind, changed, now)[0].id


def _store(
    session: Session,
    account_id: int,
    actor: Actor,
    kind: str,
    changed: dict[str, dict[str, Any]],
    now: datetime,
    operation: Operation | None = None,
    networks: int = 0,
) -> tuple[StoredEvent, int]:
    """Add an event about so many networks; return it, and how many the account's events are about by now."""
    if kind not in KINDS:
        raise ValueError(kind)
    if actor.door == "operator":
        changed = changed | {"after": changed["after"] | {"unix_user": unix_user()}}
    address = actor.address.text if actor.address else None
    values = {
        "account_id": account_id,
        "user_id": actor.user_id,
        "actor": actor.name,
        "address": address,
        "door": actor.door,
        "at": now,
        "kind": kind,
        "operation": operation.id if operation else None,
        "fingerprint": operation.fingerprint if operation else None,
        "keys": sorted({_key(one["network"]) for side in changed.values() for one in side["networks"]}),
        "of": account_id,
        "networks": networks,
    }
    event_id, weight = session.execute(_INSERT, values | changed).one()
    sides = changed["before"], changed["after"]
    stored = StoredEvent(event_id, account_id, kind, actor.name, actor.user_id, now, *sides, actor.door, address)
    after_commit.send_later(session, event_stored, stored)
    return stored, weight


def note(
    session: Session,
    account_id: int,
    kind: str,
    what: dict[str, Any],
    now: datetime,
    *,
    was: dict[str, Any] | None = None,
    actor: Actor = OPERATOR,
) -> None:
    """Add the event of something that is no change of a list: mostly the operator's, else an owner's.

    `what` is how it is afterwards, `was` how it was before; neither holds a secret. The account is locked, as by a
    change of its list: an event's networks and snapshot are added while it is the account's newest.
    """
    if kind in LIST_KINDS:
        raise ValueError(kind)
    of_list = {"revision": "", "networks": []}  # The release before reads both of every event.
    hold(session, account_id)
    store(session, account_id, actor, kind, {"before": of_list | (was or {}), "after": of_list | what}, now)


def hold(session: Session, account_id: int) -> None:
    """Lock the account without giving its list another revision: no form becomes stale."""
    session.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def note_everywhere(
    session: Session, user_id: int, kind: str, what: dict[str, Any], now: datetime, *, was: dict[str, Any] | None = None
) -> int:
    """Add such an event to each account that the user belongs to; return how many those are."""
    mine = sa.select(Membership.account_id).where(Membership.user_id == user_id).order_by(Membership.account_id)
    accounts = session.scalars(mine).all()
    for account_id in accounts:
        note(session, account_id, kind, what, now, was=was)
    return len(accounts)


def _difference(one: Allowlist, other: Allowlist) -> dict[str, Any]:
    """Return the state of `one`, and its networks that `other` lacks (with all facts) or has in another version."""
    others = {entry.id: entry for entry in other.entries}
    return {
        "active": one.active,
        "revision": one.revision,
        "networks": [
            network_facts.kept(entry, with_facts=entry.id not in others)
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
