"""What is kept for a time goes a few rows at a time: no request pays for all that a quiet year has left."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tests.support.client import Portal
from tests.support.large import insert
from tests.support.quick import engine_of, writing
from webapp import clock
from webapp.storage.models import SessionTombstone
from webapp.storage.purging import AT_ONCE


def test_tombstones_go_at_sign_ins_the_oldest_first(portal: Portal) -> None:
    past, many = clock.now() - timedelta(days=400), 2 * AT_ONCE + 1
    same = {"user_id": portal.world.users["ola"], "reason": "blocked"}
    rows = (same | {"id_hash": f"{n:064}", "ended_at": past + timedelta(minutes=n)} for n in range(many))
    with writing(portal.app) as connection:
        insert(connection, SessionTombstone, rows)
    for left in (AT_ONCE + 1, 1, 0):
        portal.signed_in("dana")
        with engine_of(portal.app).connect() as connection:
            found = list(connection.scalars(sa.select(SessionTombstone.id_hash).order_by(SessionTombstone.ended_at)))
        assert found == [f"{n:064}" for n in range(many - left, many)]
