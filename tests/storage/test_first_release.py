"""A database of the first release, migrated: its events keep their meaning, and history is told from them (R15)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_alembic import Alembic

from tests.conftest import dispose
from tests.support.postgres import Cluster
from tests.support.quick import engine_of, writing
from webapp import create_app
from webapp.config import Config
from webapp.domain.history_query import Filter
from webapp.domain.network import Network
from webapp.storage import history, last_changes, past_lists
from webapp.storage.models import ListSnapshot

AT = datetime(2025, 3, 1, 9, tzinfo=UTC)
ONE, TWO = ({"id": n, "network": f"192.0.2.{n}/32", "comment": "Office"} for n in (1, 2))
Kept = list[dict[str, Any]]
# Kind, who, before, after: as the first release stored them, without facts of networks.
EVENTS: list[tuple[str, int | None, str, Kept, Kept]] = [
    ("add", 1, "Dana Kessler", [], [ONE]),
    ("add", 1, "Dana Kessler", [], [TWO]),
    ("edit", 1, "Dana Kessler", [TWO], [TWO | {"comment": "Home"}]),
    ("delete", 1, "Dana Kessler", [ONE], []),
    ("deactivate", None, "operator", [], []),
    ("delete", None, "Gone Since", [TWO | {"comment": "Home"}], []),
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The portal on such a database, brought to the newest revision."""
    url = f"sqlite:///{tmp_path}/portal.sqlite3"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.drop_database("first_release")
        url = cluster.create_database("first_release")
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url))
    with app.app_context():
        alembic: Alembic = app.extensions["alembic"]
        alembic.upgrade("0001")
        fill(app)
        alembic.upgrade()
        yield app
    dispose(app)


def fill(app: Flask) -> None:
    """Add an account with an owner, an empty list, and its events."""
    columns = "account_id, user_id, actor, address, at, kind, before, after, operation"
    with writing(app) as connection:
        for text in (
            (
                "INSERT INTO account (name, allowlist_active, allowlist_revision, allowlist_previous, created_at) "
                "VALUES ('Halden', false, 'r6', 'r5', :at)"
            ),
            "INSERT INTO \"user\" (email, name, password_hash, created_at) VALUES ('d@example.com', 'D', 'x', :at)",
            "INSERT INTO membership (account_id, user_id, role) VALUES (1, 1, 'owner')",
        ):
            connection.execute(sa.text(text), {"at": AT} if ":at" in text else {})
        for number, (kind, user, actor, *sides) in enumerate(EVENTS):
            states = [{"active": False, "revision": f"r{number + n}", "networks": side} for n, side in enumerate(sides)]
            address = None if actor == "operator" else "203.0.113.42"
            values = [1, user, actor, address, AT, kind, *map(json.dumps, states), f"once-{number}"]
            named = {f"v{n}": value for n, value in enumerate(values)}
            insert = f"INSERT INTO event ({columns}) VALUES ({', '.join(f':{name}' for name in named)})"  # noqa: S608
            connection.execute(sa.text(insert), named)


def test_events_keep_their_meaning_and_say_by_which_door_where_that_is_certain(migrated: Flask) -> None:
    told = history.page(1, Filter()).events[::-1]
    assert [(one.kind, one.by, one.user_id) for one in told] == [(kind, by, who) for kind, who, by, *_ in EVENTS]
    assert [one.door for one in told] == ["page", "page", "page", "page", "operator", None]
    assert [act.verb for act in told[2].acts] == ["changed the comment of"]
    assert getattr(last_changes.last_change(1), "by", "") == "Gone Since"


def test_they_are_found_by_network(migrated: Flask) -> None:
    found = history.page(1, Filter(network=Network.from_canonical("192.0.2.0/30"))).events
    assert [one.id for one in found] == [6, 4, 3, 2, 1]
    assert [one.id for one in history.page(1, Filter(network=Network.from_canonical("192.0.2.1/32"))).events] == [4, 1]


def test_the_list_after_each_of_them_is_told_with_facts_of_the_additions(migrated: Flask) -> None:
    told = [past_lists.as_of(1, number) for number in range(1, len(EVENTS) + 1)]
    names = [[(one.network.text, one.comment) for one in stored.entries] for stored in told if stored]
    one, two, home = ("192.0.2.1/32", "Office"), ("192.0.2.2/32", "Office"), ("192.0.2.2/32", "Home")
    assert names == [[one], [two, one], [home, one], [home], [home], []]
    assert told[3] is not None
    assert [(kept.added_at, kept.added_by, kept.added_by_id) for kept in told[3].entries] == [(AT, "Dana Kessler", 1)]


def test_migrating_twice_changes_nothing(migrated: Flask) -> None:
    alembic: Alembic = migrated.extensions["alembic"]
    before = history.page(1, Filter()).events
    alembic.downgrade("0014")
    alembic.upgrade()
    assert history.page(1, Filter()).events == before
    with engine_of(migrated).connect() as connection:
        assert connection.execute(sa.select(ListSnapshot.event_id)).all() == []
