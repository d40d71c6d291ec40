"""From where people used the portal: what rehearsal remembers (R19). The throttle never asks it."""

from __future__ import annotations

from collections.abc import Collection
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
_RECENTLY = (_use.account_id == sa.bindparam("account_id"), _use.last_at > sa.bindparam("since"))
# Built once, and of tables: each page of an inactive list asks them. To join the people to each row took twice as long.
_LATEST = (
    sa.select(_use.id, _use.user_id, _use.client, _use.addresses, _use.days)
    .where(*_RECENTLY)
    .order_by(_use.last_at.desc())
    .limit(sa.bindparam("most"))
)
_WHOSE = sa.select(_use.user_id).where(*_RECENTLY).order_by(_use.last_at.desc()).limit(sa.bindparam("most")).subquery()
_PEOPLE = (
    sa.select(_membership.user_id, _membership.role == "owner")
    .join(table_of(User), _user.id == _membership.user_id)
    .where(_membership.account_id == sa.bindparam("account_id"), _user.disabled_at.is_(None))
    .where(_membership.user_id.in_(sa.select(_WHOSE.c.user_id)))
)
STATEMENTS = (_LATEST, _PEOPLE)


class Uses(NamedTuple):
    """What is remembered of an account's people, the latest first; and how many earlier uses were not looked at.

    `owners` are those among them who are owners now.
    """

    looked_at: list[Use]
    owners: frozenset[int]
    earlier: int


class Seen(NamedTuple):
    """Who used the portal, and when last."""

    name: str
    last_at: datetime


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
    """Return from where the account's people used it during the last KEPT_FOR, at most LOOKED_AT clients.

    Not who is disabled now.
    """
    asked = {"account_id": account_id, "since": now - KEPT_FOR, "most": LOOKED_AT}
    rows = db.session.execute(_LATEST, asked).all()
    people = db.session.execute(_PEOPLE, asked).all()
    enabled, owners = {row[0] for row in people}, frozenset(row[0] for row in people if row[1])
    looked_at = [Use._make(row) for row in rows if row[1] in enabled]
    if len(rows) < LOOKED_AT:
        return Uses(looked_at, owners, 0)
    count = sa.select(sa.func.count()).select_from(table_of(PortalUse)).where(*_RECENTLY)
    return Uses(looked_at, owners, db.session.execute(count, asked).scalar_one() - len(rows))


def seen(uses: Collection[Use]) -> dict[int, Seen]:
    """Return what people are told of these uses, by their ids."""
    query = sa.select(_use.id, _user.name, _use.last_at).join(table_of(User), _user.id == _use.user_id)
    rows = db.session.execute(query.where(_use.id.in_([use.id for use in uses]))) if uses else ()
    return {row_id: Seen(name, last_at) for row_id, name, last_at in rows}
