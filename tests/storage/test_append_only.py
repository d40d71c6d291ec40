"""Events are only added (R15): tried by whoever has the database user that the portal itself works as.

On PostgreSQL by the role that owns the tables, too, as long as it leaves the triggers alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.forbidden import ON_POSTGRESQL, ON_SQLITE, WITHOUT_RIGHT, spelled_out
from tests.support.postgres import Cluster
from tests.support.quick import engine_of, new_app, writing
from tests.support.roles import split
from tests.support.world import World, seed
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.runtime import clock
from webapp.storage import allowlists, snapshots
from webapp.storage.append_only import TABLES
from webapp.storage.events import Actor, Operation

NAME = "append_only"


class History(NamedTuple):
    """A portal, its people, and PostgreSQL's other role."""

    app: Flask
    world: World
    owner: sa.Engine

    def rows(self) -> list[list[Any]]:
        """Return all that must stay as it is."""
        with engine_of(self.app).connect() as connection:
            tables = (table.__table__ for table in TABLES)
            return [list(connection.execute(sa.select(one).order_by(*one.primary_key))) for one in tables]

    def statement(self, text: str) -> sa.TextClause:
        """Return it with its values."""
        values = {"stranger": self.world.users["ola"], "key": "key"}
        used = {name: value for name, value in values.items() if f":{name}" in text}
        return sa.text(spelled_out(text)).bindparams(**used)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """Two changes in a database of SQLite."""
    url = f"sqlite:///{tmp_path_factory.mktemp('kept')}/portal.sqlite3"
    migrate(url)
    yield from of_two_changes(url, url)


@pytest.fixture(scope="module")
def on_postgresql(cluster: Cluster) -> Iterator[History]:
    """The same on PostgreSQL, as the shipped script divides the roles."""
    cluster.create_database(NAME)
    owner, portal = split(cluster, NAME)
    migrate(owner)
    yield from of_two_changes(portal, owner)
    cluster.drop_database(NAME)


def of_two_changes(url: str, owner: str) -> Iterator[History]:
    """Make two changes by Dana, each with a snapshot; close all connections afterwards."""
    app, engine = new_app(url), sa.create_engine(owner)
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "APART", 1)
        world = seed()
        for number in (1, 2):
            add_network(world, f"192.0.2.{number}", Operation(f"once-{number}", "print"))
    history = History(app, world, engine)
    assert [len(rows) for rows in history.rows()] == [2, 2, 2]
    yield history
    engine.dispose()
    dispose(app)


def add_network(world: World, text: str, once: Operation) -> None:
    """Add a network, as Dana does."""

    def add(present: Allowlist) -> Allowlist:
        return present.add(parse_network(text))

    dana = Actor("Dana Kessler", world.users["dana"])
    allowlists.changing(world.halden, dana, "add", add, operation=once, now=clock.now)


def refused(history: History, text: str) -> bool:
    """Try the statement; return whether the database has understood it, and says no."""
    before = history.rows()
    with pytest.raises(sa.exc.DBAPIError) as refusal, writing(history.app) as connection:
        connection.execute(history.statement(text))
    assert history.rows() == before
    error = refusal.value
    return isinstance(error, sa.exc.IntegrityError) or isinstance(error.orig, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("name", ON_SQLITE)
def test_the_database_refuses(on_sqlite: History, name: str) -> None:
    assert refused(on_sqlite, ON_SQLITE[name])


@pytest.mark.postgres
@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_postgresql_refuses_the_portals_role(on_postgresql: History, name: str) -> None:
    assert refused(on_postgresql, ON_POSTGRESQL[name])


@pytest.mark.postgres
@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_postgresql_refuses_the_owner_of_the_tables_as_well(on_postgresql: History, name: str) -> None:
    before = on_postgresql.rows()
    with pytest.raises(sa.exc.IntegrityError), on_postgresql.owner.begin() as connection:
        connection.execute(on_postgresql.statement(ON_POSTGRESQL[name]))
    assert on_postgresql.rows() == before


@pytest.mark.postgres
@pytest.mark.parametrize("text", WITHOUT_RIGHT)
def test_the_portals_role_cannot_switch_that_off(on_postgresql: History, text: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError) as refusal, writing(on_postgresql.app) as connection:
        connection.exec_driver_sql(text)
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_member_and_nobody_may_be_in_a_new_event(kind: str, request: pytest.FixtureRequest) -> None:
    history: History = request.getfixturevalue(f"on_{kind}")
    before = len(history.rows()[-1])
    with writing(history.app) as connection:
        for user in (history.world.users["sanne"], None):
            added = spelled_out("INSERT INTO event ($columns) SELECT account_id, :user, $rest")
            connection.execute(sa.text(added), {"user": user})
    assert len(history.rows()[-1]) == before + 2
