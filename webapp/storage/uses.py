"""From where people used the portal: what rehearsal remembers (R19). The throttle never asks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.domain.address_kind import client_network
from webapp.domain.rehearsal import Use
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import remove_oldest
from webapp.storage.engine.upsert import insert
from webapp.storage.models import Membership, PortalUse, User, table_of
from webapp.storage.models.base import CLIENT_ADDRESSES

KEPT_FOR = timedelta(days=90)
KEPT_CLIENTS = 1_000  # of one user in one account
LOOKED_AT = 10_000  # clients, at one question
_use, _user, _membership = (table_of(one).c for one in (PortalUse, User, Membership))
_WHO = (_use.user_id, _user.name, _membership.role == "owner")
_LATEST = (  # built once, and of tables: each page of an inactive list asks it
    sa.select(
        _use.user_id, _user.name, _membership.role == "owner", _use.client, _use.addresses, _use.days, _use.last_at
    )
    .join(table_of(User), _user.id == _use.user_id)
    .join(
        table_of(Membership),
        sa.and_(_membership.account_id == _use.account_id, _membership.user_id == _use.user_id),
    )
    .where(_use.account_id == sa.bindparam("account_id"), _use.last_at > sa.bindparam("since"))
    .where(_user.disabled_at.is_(None))
    .order_by(_use.last_at.desc())
    .limit(sa.bindparam("most"))
)


class Uses(NamedTuple):
    """What is remembered of an account's people, the latest first, and how many earlier uses were not looked at."""

    looked_at: list[Use]
    earlier: int


def record(session: Session, *, account_id: int, user_id: int, address: Address, now: datetime) -> None:
    """Record that the user uses the account's portal from the address: one statement, where the client is known.

    Of a person the KEPT_CLIENTS clients are kept that were used last.
    """
    row, today = PortalUse, now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    client = {"account_id": account_id, "user_id": user_id, "client": client_network(address).text}
    again = {
        "addresses": _put_first(address.text),
        "last_at": now,
        "days": row.days + sa.case((row.last_at < today, 1), else_=0),
    }
    known = session.execute(sa.update(row).filter_by(**client).values(again).returning(row.id, row.addresses)).first()
    if known is None:
        new = insert(row).values(**client, addresses=address.text, first_at=now, last_at=now, days=1)
        session.execute(
            new.on_conflict_do_update(index_elements=list(client), set_=again)
        )  # a request at the same time
        _forget_oldest(session, account_id, user_id)
    elif known.addresses.count(" ") >= CLIENT_ADDRESSES:
        latest = " ".join(known.addresses.split()[:CLIENT_ADDRESSES])
        session.execute(sa.update(row).where(row.id == known.id).values(addresses=latest))


def _put_first(text: str) -> sa.ColumnElement[str]:
    """Return the stored addresses with this one in front."""
    others = sa.func.trim(sa.func.replace(" " + PortalUse.addresses + " ", f" {text} ", " "))
    return sa.func.trim(f"{text} " + others)


def _forget_oldest(session: Session, account_id: int, user_id: int) -> None:
    own = sa.and_(PortalUse.account_id == account_id, PortalUse.user_id == user_id)
    latest = sa.select(PortalUse.id).where(own).order_by(PortalUse.last_at.desc(), PortalUse.id.desc())
    session.execute(sa.delete(PortalUse).where(PortalUse.id.in_(latest.offset(KEPT_CLIENTS))))


def purge(session: Session, now: datetime) -> None:
    """Delete what is older than KEPT_FOR, at most one batch."""
    remove_oldest(session, PortalUse.last_at, now - KEPT_FOR)


def of_account(account_id: int, now: datetime) -> Uses:
    """Return from where the account's present people used it during the last KEPT_FOR, at most LOOKED_AT clients."""
    since = now - KEPT_FOR
    rows = db.session.execute(_LATEST, {"account_id": account_id, "since": since, "most": LOOKED_AT}).all()
    looked_at = [
        Use(user_id, name, is_owner, client, tuple(addresses.split()), days, last_at)
        for user_id, name, is_owner, client, addresses, days, last_at in rows
    ]
    if len(rows) < LOOKED_AT:
        return Uses(looked_at, 0)
    recently = sa.and_(PortalUse.account_id == account_id, PortalUse.last_at > since)
    total = db.session.execute(sa.select(sa.func.count()).select_from(PortalUse).where(recently)).scalar_one()
    return Uses(looked_at, total - len(rows))
