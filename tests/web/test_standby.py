"""A standby's lists may be old: nobody is answered by one, whether it is the only server or the first of several."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from tests.conftest import dispose, migrate
from tests.support.client import BASE, Browser
from tests.support.postgres import Cluster
from tests.support.quick import new_app, start_session
from tests.support.world import HOME, OFFICE, World, seed
from webapp.config import ConfigError

pytestmark = pytest.mark.postgres
NAME = "followed"
PATHS = ("/", BASE, f"{BASE}/activate", "/session")


def make_portal(cluster: Cluster) -> World:
    """Make a database with the cast."""
    migrate(cluster.create_database(NAME))
    app = new_app(cluster.url(NAME))
    with app.app_context():
        world = seed()
    dispose(app)
    return world


@pytest.fixture(scope="module")
def standby() -> Iterator[tuple[Cluster, World]]:
    """A server that follows another, whose database holds the cast; tests that promote it come last."""
    with Cluster() as cluster:
        world = make_portal(cluster)
        cluster.stop()
        (cluster.folder / "data" / "standby.signal").touch()
        cluster.start()
        yield cluster, world


def signed_in(url: str, known_at: str, world: World) -> Browser:
    """Return Dana's browser; her session is made at that server."""
    elsewhere = new_app(known_at)
    session_id = start_session(elsewhere, world.halden, world.users["dana"], HOME)
    dispose(elsewhere)
    return Browser(new_app(url), HOME, session_id)


def test_of_several_servers_the_one_that_is_no_standby_is_asked(
    cluster: Cluster, standby: tuple[Cluster, World]
) -> None:
    world = make_portal(cluster)
    url = f"{standby[0].url(NAME)}&host={cluster.folder}"
    dana = signed_in(url, cluster.url(NAME), world)
    assert [dana.fetch(path).status_code for path in ("/", BASE, "/readyz")] == [200, 200, 200]
    assert dana.send(f"{BASE}/networks", {"network": OFFICE}).status_code == 303
    migrate(url)
    dispose(dana.app)
    cluster.drop_database(NAME)


@pytest.mark.parametrize("word", ["any", "standby", "prefer-standby", "read-only", "read-write"])
def test_a_url_that_asks_for_a_standby_stops_the_process(word: str) -> None:
    with pytest.raises(ConfigError, match="target_session_attrs can only be primary"):
        new_app(f"postgresql://portal@db.example.com/portal?target_session_attrs={word}")


def test_a_standby_shows_no_page_until_it_is_promoted(standby: tuple[Cluster, World]) -> None:
    follower, world = standby
    dana = Browser(new_app(follower.url(NAME)), HOME, "an invented session")
    assert [dana.fetch(path).status_code for path in PATHS] == [503] * 4
    assert dana.send(f"{BASE}/networks", {"network": OFFICE}).status_code == 503
    answer = dana.fetch("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: the database is a standby\n")
    promote(follower)
    assert dana.fetch("/readyz").status_code == 200
    dispose(dana.app)
    dana = signed_in(follower.url(NAME), follower.url(NAME), world)
    assert [dana.fetch(path).status_code for path in PATHS] == [200, 200, 200, 204]
    dispose(dana.app)


def promote(follower: Cluster) -> None:
    """Let it write, and wait until it does."""
    with psycopg.connect(sa.make_url(follower.url("postgres")).set(drivername="postgresql").render_as_string()) as one:
        assert one.execute("SELECT pg_promote()").fetchone() == (True,)
