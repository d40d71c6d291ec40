"""What the database itself holds, whatever the code above it does; and how migrations get there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_alembic import Alembic

from tests.conftest import dispose
from tests.support.postgres import Cluster
from tests.support.quick import engine_of, put_list, start_session, writing
from tests.support.world import HOME, World, password_hash, seed
from webapp import create_app
from webapp.config import Config
from webapp.domain.allowlist import Allowlist
from webapp.domain.comment import MAX_COMMENT
from webapp.domain.history_query import Filter
from webapp.domain.network import Network, parse_network
from webapp.runtime import clock
from webapp.storage import access, allowlists, api_tokens, write
from webapp.storage.events import Actor
from webapp.storage.models import (
    Account,
    ApiToken,
    Base,
    BlockedAttempt,
    Event,
    Membership,
    NetworkRow,
    PortalSessionRow,
    PortalUse,
    SignIn,
    User,
    table_of,
)

NOBODY = 2**31 - 1
BEFORE_FACTS = "0002"  # a revision before networks had a place
BEFORE_NEVER_REUSED = "0017"


def network(world: World, **values: Any) -> Any:
    """Return the row of a network, wrong where `values` say."""
    good = {"account_id": world.halden, "network": "192.0.2.0/24", "comment": "", "version": "v"}
    return sa.insert(NetworkRow).values(**(good | {"added_at": clock.now(), "added_by": "test"} | values))


def membership(world: World, **values: Any) -> Any:
    """Return the row of a membership of Ola's in Halden."""
    good = {"account_id": world.halden, "user_id": world.users["ola"], "role": "member"}
    return sa.insert(Membership).values(**(good | values))


def portal_session(world: World, **values: Any) -> Any:
    """Return the row of Dana's portal session."""
    good = {"account_id": world.halden, "user_id": world.users["dana"], "id_hash": "0" * 64}
    return sa.insert(PortalSessionRow).values(
        **(good | {"created_at": clock.now(), "last_seen_at": clock.now()} | values)
    )


def attempt(world: World, **values: Any) -> Any:
    """Return the row of a blocked attempt of Sanne's."""
    good = {"account_id": world.halden, "user_id": world.users["sanne"], "address": HOME, "reference": "r", "count": 1}
    moments = dict.fromkeys(("hour", "first_at", "last_at"), clock.now())
    return sa.insert(BlockedAttempt).values(**(good | moments | values))


REFUSED: dict[str, Callable[[World], Any]] = {
    "a network without an account": lambda w: network(w, account_id=NOBODY),
    "a network twice in the account": lambda w: network(w, network="203.0.113.0/24"),
    "a comment above the limit": lambda w: network(w, comment="x" * (MAX_COMMENT + 1)),
    "a network without a prefix": lambda w: network(w, network="192.0.2.1"),
    "a network without an address": lambda w: network(w, network="/24"),
    "a network that is null": lambda w: network(w, network=None),
    "a third role": lambda w: membership(w, role="admin"),
    "a second membership": lambda w: membership(w, user_id=w.users["sanne"]),
    "a membership of nobody": lambda w: membership(w, user_id=NOBODY),
    "a session without a membership": lambda w: portal_session(w, user_id=w.users["ola"]),
    "a session of an account that is none": lambda w: portal_session(w, account_id=NOBODY),
    "an attempt that never happened": lambda w: attempt(w, count=0),
    "an attempt of nobody": lambda w: attempt(w, user_id=NOBODY),
    "a blank hash of a password": lambda w: sa.update(User).where(User.id == w.users["ola"]).values(password_hash="  "),
    "an empty hash of a password": lambda w: sa.update(User).where(User.id == w.users["ola"]).values(password_hash=""),
    "a token of nobody's that writes": lambda w: sa.update(ApiToken).values(scopes="read allowlist:write"),
    "a token that acts for nobody": lambda w: sa.update(ApiToken).values(owner_id=NOBODY),
    "an e-mail twice": lambda w: sa.update(User).where(User.id == w.users["ola"]).values(email="dana@example.com"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(app: Flask, world: World, name: str) -> None:
    put_list(app, world.halden, "203.0.113.0/24")
    with pytest.raises((sa.exc.IntegrityError, sa.exc.DataError)), writing(app) as connection:
        connection.execute(REFUSED[name](world))


def test_every_refused_row_is_good_but_for_what_its_name_says(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24")
    with writing(app) as connection:
        for row in (network, membership, portal_session, attempt):
            connection.execute(row(world))


def test_the_same_network_may_be_on_two_lists(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24")
    put_list(app, world.northwind, "203.0.113.0/24")


@pytest.mark.parametrize("what", ["membership", "user", "account"])
def test_sessions_end_with_the_membership_the_user_and_the_account(app: Flask, world: World, what: str) -> None:
    sanne = world.users["sanne"]
    start_session(app, world.halden, sanne, HOME)
    start_session(app, world.northwind, world.users["ola"], HOME)
    removals = {
        "membership": sa.delete(Membership).where(Membership.user_id == sanne),
        "user": sa.delete(User).where(User.id == sanne),
        "account": sa.delete(Account).where(Account.id == world.halden),
    }
    with writing(app) as connection:
        connection.execute(removals[what])
        assert list(connection.scalars(sa.select(PortalSessionRow.user_id))) == [world.users["ola"]]


def test_with_an_account_goes_everything_of_it_and_nothing_else(app: Flask, world: World) -> None:
    for account_id in (world.halden, world.northwind):
        put_list(app, account_id, "203.0.113.0/24", active=True)
    with writing(app) as connection:
        connection.execute(attempt(world))
        connection.execute(sa.delete(Account).where(Account.id == world.halden))
        for table in (NetworkRow, Event, BlockedAttempt, ApiToken, SignIn, Membership):
            left = set(connection.scalars(sa.select(table.account_id)))
            assert left <= {world.northwind}, table


def test_who_added_a_network_and_who_changed_the_list_stay_known_when_they_go(app: Flask, world: World) -> None:
    dana = Actor("Dana Kessler", world.users["dana"])
    change = partial(Allowlist.add, network=parse_network("192.0.2.1"))
    with app.app_context():
        allowlists.changing(world.halden, dana, "add", change, now=clock.now)
    with writing(app) as connection:
        connection.execute(sa.delete(User).where(User.id == dana.user_id))
        assert connection.scalars(sa.select(Event.actor)).all() == ["Dana Kessler"]
    with app.app_context():
        [entry] = allowlists.load(world.halden).entries
    assert (entry.added_by, entry.added_by_id) == ("Dana Kessler", dana.user_id)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The portal on a database without tables."""
    url = f"sqlite:///{tmp_path}/portal.sqlite3"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.drop_database("migrations")
        url = cluster.create_database("migrations")
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url))
    with app.app_context():
        yield app
    dispose(app)


def tables(app: Flask) -> set[str]:
    """Return the names of the tables."""
    return set(sa.inspect(engine_of(app)).get_table_names()) - {"alembic_version"}


def test_migrations_make_exactly_the_models_and_can_be_undone_and_made_again(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    for _ in range(2):
        alembic.upgrade()
        assert alembic.compare_metadata() == []
        assert tables(unmigrated) == set(Base.metadata.tables)
        alembic.downgrade("base")
        assert tables(unmigrated) == set()


def test_networks_of_before_get_their_place_and_who_added_them_where_that_is_certain(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    alembic.upgrade()
    world = seed()
    dana, mara = Actor("Dana Kessler", world.users["dana"]), Actor("Mara Osei", world.users["mara"])
    for text, actor, name in ((1, dana, ""), (2, mara, ""), (3, Actor("operator"), ""), (4, dana, "Somebody Else")):
        network = parse_network(f"192.0.2.{text}")
        change = partial(Allowlist.add, network=network)
        allowlists.changing(world.halden, actor, "add", change, now=clock.now)
        if name:
            with writing(unmigrated) as connection:
                connection.execute(
                    sa.update(NetworkRow).where(NetworkRow.network == network.text).values(added_by=name)
                )
    alembic.downgrade(BEFORE_FACTS)
    alembic.upgrade()
    entries = allowlists.load(world.halden).entries
    assert [entry.network.text for entry in entries] == [f"192.0.2.{number}/32" for number in (4, 3, 2, 1)]
    assert [entry.added_by_id for entry in entries] == [None, None, mara.user_id, dana.user_id]
    assert all(entry.position == entry.id for entry in entries)


def test_blank_hashes_of_before_fit_nothing_and_nobody_loses_an_account(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    alembic.upgrade()
    world = seed()
    start_session(unmigrated, world.halden, world.users["mara"], HOME)
    with writing(unmigrated) as connection:
        connection.execute(sa.update(User).where(User.id == world.users["ola"]).values(disabled_at=clock.now()))
    alembic.downgrade("0005")
    with writing(unmigrated) as connection:
        for person, blank in (("dana", ""), ("sanne", "  ")):
            row = sa.table("user", sa.column("id"), sa.column("password_hash"))
            connection.execute(sa.update(row).where(row.c.id == world.users[person]).values(password_hash=blank))
    alembic.upgrade()
    with engine_of(unmigrated).connect() as connection:
        hashes = {row.id: row.password_hash for row in connection.execute(sa.select(User.id, User.password_hash))}
        members = set(connection.scalars(sa.select(Membership.user_id)))
        sessions = connection.scalars(sa.select(PortalSessionRow.user_id)).all()
    expected = {"dana": "!", "sanne": "!", "ola": "!", "mara": password_hash()}
    assert {person: hashes[user_id] for person, user_id in world.users.items()} == expected
    assert (members, sessions) == (set(world.users.values()), [world.users["mara"]])


def test_going_back_takes_tokens_away_whose_owner_is_none_any_more(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    alembic.upgrade()
    world = seed()
    for name, person in (("kept", "dana"), ("a member's", "sanne"), ("disabled", "mara")):
        facts: dict[str, Any] = {"account_id": world.halden, "name": name, "owner_id": world.users[person]}
        write(partial(api_tokens.create, now=clock.now(), **facts))
    with writing(unmigrated) as connection:
        connection.execute(sa.update(User).where(User.id == world.users["mara"]).values(disabled_at=clock.now()))
    alembic.downgrade("0011")
    with engine_of(unmigrated).connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM api_token ORDER BY id").scalars().all() == ["tests", "kept"]
    alembic.upgrade()
    with engine_of(unmigrated).connect() as connection:
        assert set(connection.scalars(sa.select(ApiToken.scopes))) == {"read"}


def test_sign_ins_of_before_are_known_as_use(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    alembic.upgrade()
    world, now = seed(), clock.now().replace(hour=12)
    own = {"account_id": world.halden, "user_id": world.users["sanne"], "client": "as an older release named it"}
    rows = [own | {"address": f"2001:db8:7::{n}", "last_at": now - timedelta(hours=9 * n)} for n in range(1, 10)]
    rows += [own | {"address": "192.0.2.4", "last_at": now - timedelta(days=91)}]
    rows += [own | {"address": "192.0.2.5", "last_at": now, "user_id": world.users["ola"]}]  # no member any more
    alembic.downgrade("0012")
    with writing(unmigrated) as connection:
        connection.execute(sa.insert(SignIn), rows)
    alembic.upgrade()
    with engine_of(unmigrated).connect() as connection:
        [found] = connection.execute(sa.select(table_of(PortalUse)).where(PortalUse.account_id == world.halden))
    assert (found.user_id, found.client, found.days) == (world.users["sanne"], "2001:db8:7::/64", 4)
    assert found.addresses == " ".join(f"2001:db8:7::{n}" for n in range(1, 9))
    assert (found.first_at, found.last_at) == (now - timedelta(hours=81), now - timedelta(hours=9))


def test_sign_ins_and_attempts_of_before_are_known_as_access(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    alembic.upgrade()
    world, now = seed(), clock.now()
    own = {"account_id": world.northwind, "user_id": world.users["ola"]}
    signed_in = own | {"address": "2001:db8:7::9", "client": "2001:db8:7::/64"}
    tried = own | {"hour": now, "count": 2, "first_at": now, "last_at": now}
    attempts = [
        tried | {"reference": "a", "address": "2001:db8:8::", "last_address": "2001:db8:8::7"},
        tried | {"reference": "b", "address": "", "last_address": None},  # as a release of before recorded it
    ]
    alembic.downgrade("0015")
    with writing(unmigrated) as connection:
        connection.execute(sa.insert(SignIn), [signed_in | {"last_at": now}])
        connection.execute(sa.insert(BlockedAttempt), attempts)
    alembic.upgrade()
    about = Filter(network=Network.from_canonical("2001:db8:8::/64"))
    with unmigrated.app_context():
        found = access.page(world.northwind, Filter()).entries
        assert [one.address for one in access.page(world.northwind, about).entries] == ["2001:db8:8::7"]
    assert [(one.kind, one.address, one.count) for one in reversed(found)] == [
        ("sign_in", "2001:db8:7::9", 1),
        ("blocked", "2001:db8:8::7", 2),
        ("blocked", None, 2),
    ]


def test_no_id_is_ever_used_again_and_what_there_was_before_is_kept(unmigrated: Flask) -> None:
    alembic: Alembic = unmigrated.extensions["alembic"]
    alembic.upgrade()
    seed()
    for before in (BEFORE_NEVER_REUSED, BEFORE_FACTS):
        was = people(unmigrated)
        alembic.downgrade(before)
        alembic.upgrade()
        assert people(unmigrated) == was
        with writing(unmigrated) as connection:
            newest = connection.execute(sa.select(sa.func.max(User.id))).scalar_one()
            connection.execute(sa.delete(User).where(User.id == newest))
            person = {"email": f"{before}@example.com", "name": "New", "password_hash": "x", "created_at": clock.now()}
            added = connection.execute(sa.insert(User).values(**person).returning(User.id)).scalar_one()
        assert added > newest
    if engine_of(unmigrated).dialect.name == "sqlite":
        with engine_of(unmigrated).connect() as connection:
            found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master")
            made = {row.name: row.sql for row in found}
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        numbered = [table.name for table in Base.metadata.sorted_tables if "id" in table.primary_key.columns]
        assert len(numbered) > 9
        assert [name for name in numbered if "AUTOINCREMENT" not in made[name]] == []


def people(app: Flask) -> list[tuple[Any, ...]]:
    """Return who is in which account."""
    with engine_of(app).connect() as connection:
        asked = sa.select(User.id, User.email, Membership.id, Membership.account_id, Membership.role)
        return [tuple(row) for row in connection.execute(asked.join(Membership).order_by(Membership.id))]


def test_constraints_have_the_names_of_the_models(app: Flask) -> None:
    inspector = sa.inspect(engine_of(app))
    for table in Base.metadata.sorted_tables:
        wanted = {str(constraint.name) for constraint in table.constraints}
        found = {
            str(constraint["name"])
            for ask in (
                inspector.get_unique_constraints,
                inspector.get_check_constraints,
                inspector.get_foreign_keys,
                lambda name: [inspector.get_pk_constraint(name)],
            )
            for constraint in ask(table.name)
        }
        found.discard("None")  # SQLite's AUTOINCREMENT cannot have a name.
        assert found == {name for name in wanted if name in found or not name.startswith("pk_")}
