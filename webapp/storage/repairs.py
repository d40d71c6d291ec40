"""Repair of a list that cannot be read: `changing` reads the list first, so its unreadable rows are removed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.network import Network
from webapp.storage import events
from webapp.storage.allowlists import NoAccount, lock
from webapp.storage.engine.database import db
from webapp.storage.engine.transactions import write
from webapp.storage.events import Actor
from webapp.storage.models import Account, NetworkRow


class WouldBeEmpty(Exception):
    """An active list would have no network left (R3)."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row whose text is no canonical network."""

    id: int
    network: str
    comment: str


def unreadable(account_id: int) -> tuple[Unreadable, ...]:
    """Return the account's rows that keep its list from being read, the oldest first.

    Raises:
        NoAccount: no such account.
    """
    if db.session.get(Account, account_id) is None:
        raise NoAccount
    return _split(db.session, account_id)[0]


def repair(account_id: int, actor: Actor, *, deactivate: bool, now: datetime) -> tuple[tuple[Unreadable, ...], bool]:
    """Remove the rows that cannot be read, in one transaction with the event; return them, and whether it is active.

    The list gets a new revision, as by every change. Where an active list would be left empty, `deactivate` says
    that this is meant; elsewhere it changes nothing.

    Raises:
        NoAccount: no such account.
        WouldBeEmpty: an active list would have no network left, and nobody has asked to deactivate it.
    """

    def work(session: Session) -> tuple[tuple[Unreadable, ...], bool]:
        revision, previous = lock(session, account_id)
        active = session.execute(sa.select(Account.allowlist_active).where(Account.id == account_id)).scalar_one()
        gone, left = _split(session, account_id)
        if not gone:
            session.rollback()
            return (), active
        stays = active and left > 0
        if active and not stays and not deactivate:
            raise WouldBeEmpty
        session.execute(sa.delete(NetworkRow).where(NetworkRow.id.in_([row.id for row in gone])))
        session.execute(sa.update(Account).where(Account.id == account_id).values(allowlist_active=stays))
        before = _state(active, previous) | {"unreadable": [_kept(row) for row in gone]}
        changed = {"before": before, "after": _state(stays, revision)}
        events.store(session, account_id, actor, "repair", changed, now)
        return gone, stays

    return write(work)


def _split(session: Session, account_id: int) -> tuple[tuple[Unreadable, ...], int]:
    """Return the rows that cannot be read, and how many can be."""
    row = NetworkRow
    query = sa.select(row.id, row.network, row.comment).where(row.account_id == account_id).order_by(row.id)
    rows = [Unreadable(*found) for found in session.execute(query)]
    bad = tuple(one for one in rows if not _is_network(one.network))
    return bad, len(rows) - len(bad)


def _is_network(text: str) -> bool:
    try:
        Network.from_canonical(text)
    except ValueError:
        return False
    return True


def _state(active: bool, revision: str) -> dict[str, Any]:
    # Not in `networks`: each of those is taken for a network that can be restored.
    return {"active": active, "revision": revision, "networks": []}


def _kept(row: Unreadable) -> dict[str, Any]:
    return {"id": row.id, "network": row.network, "comment": row.comment}
