"""What is kept for a time goes a few rows at a time: no request pays for all that a quiet year has left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.client import Portal
from tests.support.large import insert
from tests.support.quick import engine_of, writing
from tests.support.world import World
from webapp.runtime import clock
from webapp.storage import sign_ins
from webapp.storage.engine.purging import BATCH_SIZE
from webapp.storage.models import PortalAccess, PortalSessionRow, PortalUse, SessionTombstone, SignIn

MANY = 2 * BATCH_SIZE + 1
Row = dict[str, Any]


def tombstone(world: World, n: int, at: datetime) -> Row:
    """What is left of a session."""
    return {"id_hash": f"{n:064}", "user_id": world.users["ola"], "reason": "blocked", "ended_at": at}


def sign_in(world: World, n: int, at: datetime) -> Row:
    """A sign-in to an account that nobody has signed in to since."""
    of_ola = {"account_id": world.northwind, "user_id": world.users["ola"]}
    return of_ola | {"address": f"2001:db8::{n:x}", "client": "2001:db8::/64", "last_at": at}


def use(world: World, n: int, at: datetime) -> Row:
    """A client from which somebody used an account in which nobody has been since."""
    of_ola = {"account_id": world.northwind, "user_id": world.users["ola"], "first_at": at, "last_at": at, "days": 1}
    return of_ola | {"client": f"2001:db8:{n:x}::/64", "addresses": f"2001:db8:{n:x}::9"}


def access(world: World, n: int, at: datetime) -> Row:
    """A sign-in to an account that nobody has signed in to since."""
    return {"account_id": world.northwind, "user_id": world.users["ola"], "kind": "sign_in", "at": at}


def moments(portal: Portal, moment: Any, before: datetime) -> list[datetime]:
    """Return what the table has from before, the oldest first."""
    with engine_of(portal.app).connect() as connection:
        return list(connection.scalars(sa.select(moment).where(moment < before).order_by(moment)))


@pytest.mark.parametrize(
    ("moment", "row"),
    [
        (SessionTombstone.ended_at, tombstone),
        (SignIn.last_at, sign_in),
        (PortalUse.last_at, use),
        (PortalAccess.at, access),
    ],
)
def test_what_is_too_old_goes_at_anybodys_sign_in_the_oldest_first(
    portal: Portal, moment: Any, row: Callable[[World, int, datetime], Row]
) -> None:
    past = clock.now() - timedelta(days=400)
    old = [past + timedelta(minutes=n) for n in range(MANY)]
    with writing(portal.app) as connection:
        connection.exec_driver_sql("ANALYZE")  # while the table has no such rows: PostgreSQL plans for few
        insert(connection, moment.class_, (row(portal.world, n, at) for n, at in enumerate(old)))
    for left in (BATCH_SIZE + 1, 1, 0):
        portal.signed_in_by_page("dana")
        assert moments(portal, moment, clock.now() - timedelta(days=1)) == old[MANY - left :]


def test_expired_sessions_of_anybody_go_at_a_sign_in_as_far_as_it_looks(portal: Portal) -> None:
    past = clock.now() - timedelta(days=2)
    of_ola: Row = {"user_id": portal.world.users["ola"], "account_id": portal.world.northwind}
    of_ola |= {"created_at": past, "last_seen_at": past}
    with writing(portal.app) as connection:  # behind any hash that there will be
        insert(connection, PortalSessionRow, (of_ola | {"id_hash": f"{'f' * 60}{n:04}"} for n in range(MANY)))
    for most in (BATCH_SIZE + 4, 4, 0):  # a live session may be among those that are looked at
        portal.signed_in_by_page("dana")
        left = len(moments(portal, PortalSessionRow.created_at, clock.now() - timedelta(days=1)))
        assert most - 3 <= left <= most


def test_addresses_of_a_person_beyond_the_bound_go_a_few_at_a_time(portal: Portal) -> None:
    world, now = portal.world, clock.now()
    of_dana = {"account_id": world.halden, "user_id": world.users["dana"]}
    kept = sign_ins.KEPT_ADDRESSES + MANY
    with writing(portal.app) as connection:
        rows = (sign_in(world, n, now - timedelta(seconds=n)) | of_dana for n in range(1, kept))
        insert(connection, SignIn, rows)
    for left in (kept - BATCH_SIZE, kept - 2 * BATCH_SIZE, sign_ins.KEPT_ADDRESSES):
        portal.signed_in_by_page("dana")
        assert len(moments(portal, SignIn.last_at, clock.now() + timedelta(days=1))) == left
