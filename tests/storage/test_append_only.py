"""Events are only added (R15): tried by whoever has the database user that the portal itself works as."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.quick import engine_of, events_of, writing
from tests.support.world import World
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.runtime import clock
from webapp.storage import allowlists
from webapp.storage.events import Actor, Operation

INTO = "INSERT INTO event (account_id, user_id, actor, at, kind, before, after, operation) "
REST = "actor, at, kind, before, after, 'x' FROM event LIMIT 1"
AGAIN = "SELECT account_id, user_id, actor, at, kind, before, after, operation FROM event LIMIT 1"
ATTEMPTS = {
    "an update": "UPDATE event SET actor = 'nobody'",
    "an update of nothing that is there": "UPDATE event SET actor = actor WHERE kind = 'add'",
    "a delete": "DELETE FROM event",
    "a delete with the account": "DELETE FROM account",
    "a network of an event": "DELETE FROM event_network",
    "another network of an event": "UPDATE event_network SET kind = 'edit'",
    "an id that is there": "INSERT INTO event (id, account_id, actor, at, kind, before, after) "
    "SELECT id, account_id, actor, at, kind, before, after FROM event LIMIT 1",
    "an operation that is there": INTO + AGAIN,
    "a stranger": INTO + "SELECT account_id, :stranger, " + REST,
    "a user who is none": INTO + "SELECT account_id, 0, " + REST,
    "an upsert": "INSERT INTO event (id, account_id, actor, at, kind, before, after) SELECT id, account_id, actor, at, "
    "kind, before, after FROM event WHERE true ON CONFLICT (id) DO UPDATE SET actor = 'nobody'",
    "a network of an older event": "INSERT INTO event_network (event_id, key, account_id, at, kind) "
    "SELECT min(id), :key, account_id, min(at), 'add' FROM event GROUP BY account_id",
    "a snapshot of an older event": "INSERT INTO list_snapshot (event_id, account_id, state) "
    "SELECT min(id), account_id, '{}' FROM event GROUP BY account_id",
}
ON_SQLITE = {
    "replace, by its id": "INSERT OR REPLACE INTO event SELECT * FROM event",
    "replace, by its operation": INTO.replace("INSERT", "REPLACE") + AGAIN,
    "update or replace": "UPDATE OR REPLACE event SET id = 1",
    "insert or ignore": "INSERT OR IGNORE INTO event SELECT * FROM event",
    "an id that stands for none": "INSERT INTO event (id, account_id, actor, at, kind, before, after) "
    "SELECT -1, account_id, actor, at, kind, before, after FROM event LIMIT 1",
    "a network, replaced": "REPLACE INTO event_network SELECT * FROM event_network",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE event CASCADE",
    "truncate, of the networks": "TRUNCATE event_network",
    "truncate, with the account": "TRUNCATE account CASCADE",
    "merge": "MERGE INTO event USING account ON true WHEN MATCHED THEN DELETE",
    "copied over": "WITH gone AS (DELETE FROM event RETURNING id) SELECT * FROM gone",
}


@pytest.fixture
def history(app: Flask, world: World) -> World:
    """Two changes by Dana: of an event that is not the account's last, and of the last."""
    dana = Actor("Dana Kessler", world.users["dana"])
    with app.app_context():
        for number in (1, 2):
            network, once = parse_network(f"192.0.2.{number}"), Operation(f"once-{number}", "print")

            def add(present: Allowlist, network: object = network) -> Allowlist:
                return present.add(network)  # type: ignore[arg-type]

            allowlists.changing(world.halden, dana, "add", add, operation=once, now=clock.now)
    return world


@pytest.mark.parametrize("name", [*ATTEMPTS, *ON_SQLITE, *ON_POSTGRESQL])
def test_the_database_refuses(app: Flask, history: World, name: str) -> None:
    own, other = (ON_SQLITE, ON_POSTGRESQL) if engine_of(app).dialect.name == "sqlite" else (ON_POSTGRESQL, ON_SQLITE)
    if name in other:
        return
    before = events_of(app, history.halden)
    text, values = (ATTEMPTS | own)[name], {"stranger": history.users["ola"], "key": "key"}
    statement = sa.text(text).bindparams(**{key: value for key, value in values.items() if f":{key}" in text})
    with pytest.raises(sa.exc.IntegrityError), writing(app) as connection:
        connection.execute(statement)
    assert events_of(app, history.halden) == before


def test_a_member_and_nobody_may_be_in_a_new_event(app: Flask, history: World) -> None:
    more = INTO + "SELECT account_id, :user, " + REST
    with writing(app) as connection:
        for user in (history.users["sanne"], None):
            connection.execute(sa.text(more), {"user": user})
    assert len(events_of(app, history.halden)) == 4
