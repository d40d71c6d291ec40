"""The real parts that tests share, and a cast of people.

Dana owns Halden Freight together with Mara; Sanne is a member of it. Ola owns Northwind Labs and has no business
with Halden. Everybody's password is PASSWORD. Dana and Mara are at HOME unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_alembic import Alembic
from hypothesis import settings

from tests.support.client import Portal
from tests.support.postgres import Cluster
from tests.support.tampering import forget_events, unguarded
from tests.support.world import CHEAP, World, seed
from webapp import create_app
from webapp.config import Config
from webapp.domain.client_address import TrustedProxies
from webapp.identity import passwords
from webapp.runtime import clock
from webapp.storage import Unavailable
from webapp.storage.models import Base

SHIPPED = passwords.METHOD
passwords.METHOD = CHEAP  # in this process; servers of their own have `quick_wsgi` for it

pytest_plugins = ["tests.support.skips", "tests.support.parts"]

# How long an example takes says something of the machine only.
settings.register_profile("patient", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def sqlite_url() -> Iterator[str]:
    """A migrated SQLite database of this worker; in memory where that is a folder, as no test cuts the power."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        url = f"sqlite:///{folder}/portal.sqlite3"
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def postgres_url(cluster: Cluster) -> str:
    """A migrated PostgreSQL database of this worker."""
    url = cluster.create_database("portal")
    migrate(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other: every web and storage test runs on each."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def migrate(url: str) -> None:
    """Bring an empty database to the newest revision, as `flask db upgrade` does."""
    app = create_app(Config(secret_key="a key for migrations, long enough", database_url=url))
    with app.app_context():
        alembic: Alembic = app.extensions["alembic"]
        alembic.upgrade()
    dispose(app)


def dispose(app: Flask) -> None:
    """Close the app's connections."""
    engine: sa.Engine = app.extensions["engine"]
    engine.dispose()


_apps: dict[str, Flask] = {}


@pytest.fixture
def app(database_url: str) -> Flask:
    """The portal behind a trusted proxy at 127.0.0.1, on an empty database."""
    if database_url not in _apps:
        config = Config(
            secret_key="a key for tests, and long enough",
            database_url=database_url,
            trusted_proxies=TrustedProxies.parse("127.0.0.1"),
            sign_in_limit_success=10**6,
        )
        _apps[database_url] = create_app(config)
    until_heard(_apps[database_url])
    empty(_apps[database_url])
    return _apps[database_url]


def until_heard(app: Flask) -> None:
    """Wait for the end of the silence that a test of outages, or a busy machine, may have left: it lasts a moment."""
    for _ in range(600):
        with suppress(Unavailable):
            app.extensions["circuit_breaker"].require_closed()
            return
        sleep(0.05)
    pytest.fail("the silence lasts")


@pytest.fixture(scope="session", autouse=True)
def _dispose_apps() -> Iterator[None]:
    yield
    for app in _apps.values():
        dispose(app)


def empty(app: Flask) -> None:
    """Remove all rows, whatever a test left; a test of outages may have ended the pool's connections."""
    engine: sa.Engine = app.extensions["engine"]
    try:
        _delete_all(engine)
    except sa.exc.OperationalError:
        _delete_all(engine)


DELETIONS = [str(table.delete()) for table in reversed(Base.metadata.sorted_tables)]


def _delete_all(engine: sa.Engine) -> None:
    """PostgreSQL takes all of it in one go; SQLite's driver takes one statement at a time."""
    with engine.execution_options(writes=True, no_parameters=True).begin() as connection:
        if engine.dialect.name != "sqlite":
            with unguarded(connection):
                connection.exec_driver_sql("; ".join(DELETIONS))
            return
        for (account_id,) in connection.exec_driver_sql("SELECT DISTINCT account_id FROM event").all():
            forget_events(connection, account_id)
        for statement in DELETIONS:
            connection.exec_driver_sql(statement)


@pytest.fixture
def world(app: Flask) -> World:
    """The cast, with empty and inactive lists."""
    with app.app_context():
        return seed()


@pytest.fixture
def portal(app: Flask, world: World) -> Portal:
    """Browsers without JavaScript for the cast: `portal.browser("198.51.100.7")`, `portal.signed_in("dana")`."""
    return Portal(app, world)


@pytest.fixture(params=[False, True], ids=["page", "htmx"])
def htmx(request: pytest.FixtureRequest) -> bool:
    """Whether the requests are htmx's, whose answers are partials: one test after the other."""
    return bool(request.param)


class Clock:
    """The one thing that tests replace."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 9, 25, 14, 32, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment that the test has set."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.moment += by


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that passes only when the test says so."""
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped.now)
    return stopped
