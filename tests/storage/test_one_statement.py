"""A warm request costs one statement for session and list, and is never stale (promise 1)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from tests.support.client import Browser
from tests.support.quick import put_list, scaled, start_session, writing
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME, World
from webapp.storage.models import Account, NetworkRow


def browser_of(app: Flask, world: World, address: str = HOME, person: str = "dana") -> Browser:
    """Return a signed-in browser of the app."""
    return Browser(app, address, start_session(app, world.halden, world.users[person], address))


def test_a_warm_request_asks_one_statement_whether_the_list_is_active_or_not(app: Flask, world: World) -> None:
    dana = browser_of(app, world)
    for active in (False, True):
        put_list(app, world.halden, "203.0.113.0/24", active=active)
        assert dana.fetch("/").status_code == 200
        with statements(app) as log:
            assert dana.fetch("/").status_code == 200
        assert len(log) == 1, log


def test_a_changed_list_costs_one_statement_more_and_only_once(app: Flask, world: World) -> None:
    dana = browser_of(app, world)
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    dana.fetch("/")
    put_list(app, world.halden, "203.0.113.0/25", active=True)
    counts = []
    for _ in range(2):
        with statements(app) as log:
            assert dana.fetch("/").status_code == 200
        counts.append(len(log))
    assert counts == [2, 1]


def test_the_next_request_of_another_process_obeys_in_both_directions(app: Flask, second: Flask, world: World) -> None:
    for _ in range(scaled(40)):
        put_list(app, world.halden, "203.0.113.0/24", active=True)
        there = browser_of(second, world)
        assert there.fetch("/").status_code == 200
        put_list(app, world.halden, "198.51.100.0/24", active=True)
        assert there.fetch("/").status_code == 403
        put_list(app, world.halden, "198.51.100.0/24", "203.0.113.42/32", active=True)
        assert browser_of(second, world).fetch("/").status_code == 200


def test_a_restored_backup_is_obeyed_at_the_next_request(app: Flask, second: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    with writing(app) as connection:
        backup = connection.execute(sa.select(*Account.__table__.columns).where(Account.id == world.halden)).one()
        rows = connection.execute(sa.select(*NetworkRow.__table__.columns)).all()
    put_list(app, world.halden, "198.51.100.0/24", active=True)
    dana = browser_of(second, world, ELSEWHERE)
    assert dana.fetch("/").status_code == 200
    with writing(app) as connection:
        connection.execute(sa.delete(NetworkRow).where(NetworkRow.account_id == world.halden))
        connection.execute(sa.insert(NetworkRow), [row._asdict() for row in rows])
        connection.execute(sa.update(Account).where(Account.id == world.halden).values(backup._asdict()))
    assert dana.fetch("/").status_code == 403
