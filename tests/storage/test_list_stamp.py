"""The database renews a list's stamp itself: what is changed by SQL is obeyed at the next request (promise 1)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from tests.support.client import Browser
from tests.support.quick import engine_of, put_list, read_list, start_session, writing
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME, World
from webapp.domain.address import parse_address
from webapp.guard.allowlist_cache import AllowlistCache
from webapp.storage import db
from webapp.storage.sign_ins import AccountOfUser

NEW = (
    "(account_id, network, comment, version, added_at, added_by) "
    "VALUES (:halden, '192.0.2.0/24', '', 'v', '2026-09-25 14:32:00', 'sql')"
)
OF_HALDEN, OF_NORTHWIND = {"halden"}, {"northwind"}
# What is done, and whose lists are others by it.
CHANGES = {
    "DELETE FROM network WHERE network = '203.0.113.0/24'": OF_HALDEN,
    "DELETE FROM network": OF_HALDEN | OF_NORTHWIND,
    "INSERT INTO network " + NEW: OF_HALDEN,
    "UPDATE network SET network = '192.0.2.0/24' WHERE network = '203.0.113.0/24'": OF_HALDEN,
    "UPDATE network SET account_id = :northwind WHERE network = '203.0.113.0/24'": OF_HALDEN | OF_NORTHWIND,
    "UPDATE network SET network = replace(network, '/24', '/25') WHERE account_id = :northwind": OF_NORTHWIND,
    "INSERT INTO network " + NEW + " ON CONFLICT (account_id, network) DO NOTHING": OF_HALDEN,
    "INSERT INTO network (account_id, network, comment, version, added_at, added_by) "
    "SELECT :halden, network, comment, version, added_at, added_by FROM network WHERE account_id = :northwind "
    "ON CONFLICT (account_id, network) DO UPDATE SET network = '192.0.2.0/24'": OF_HALDEN,
}
ON_POSTGRESQL = {
    "TRUNCATE network": OF_HALDEN | OF_NORTHWIND,
    "SET LOCAL session_replication_role = replica; DELETE FROM network WHERE account_id = :halden": OF_HALDEN,
    "SET LOCAL search_path = pg_catalog; DELETE FROM public.network WHERE account_id = :halden": OF_HALDEN,
    "WITH gone AS (DELETE FROM network WHERE account_id = :halden RETURNING *) "
    "UPDATE network SET comment = 'x' WHERE account_id = :northwind": OF_HALDEN,
}
ON_SQLITE = {
    "INSERT OR REPLACE INTO network (id, account_id, network, comment, version, added_at, added_by) "
    "SELECT id, :halden, network, comment, version, added_at, added_by FROM network WHERE account_id = :northwind": (
        OF_HALDEN | OF_NORTHWIND
    ),
    "UPDATE OR REPLACE network SET id = (SELECT id FROM network WHERE account_id = :northwind) "
    "WHERE network = '203.0.113.0/24'": OF_HALDEN | OF_NORTHWIND,
    "UPDATE OR REPLACE network SET network = '203.0.113.0/24' WHERE account_id = :halden": OF_HALDEN,
}
NO_CHANGES = (
    "UPDATE network SET last_sign_in_at = '2026-09-25 14:32:00'",
    "UPDATE network SET comment = 'x', position = position + 1, version = 'w', added_by = 'y'",
    "UPDATE network SET network = network, account_id = account_id",
    "DELETE FROM network WHERE account_id = 0",
    "UPDATE account SET name = 'x'",
)


def stamps(app: Flask, world: World) -> dict[str, str]:
    """Return the stamps of both accounts' lists."""
    with engine_of(app).connect() as connection:
        found = {row.id: row.list_stamp for row in connection.execute(sa.text("SELECT id, list_stamp FROM account"))}
    return {"halden": found[world.halden], "northwind": found[world.northwind]}


def run(app: Flask, world: World, sql: str) -> None:
    """Do what an operator types."""
    with writing(app) as connection:
        for statement in sql.split("; "):
            named = {name: getattr(world, name) for name in ("halden", "northwind") if f":{name}" in statement}
            connection.execute(sa.text(statement), named)


def two_lists(app: Flask, world: World) -> None:
    """Give both accounts an active list."""
    put_list(app, world.halden, "203.0.113.0/24", "198.51.100.0/25", active=True)
    put_list(app, world.northwind, "10.0.0.0/24", active=True)


def test_every_way_to_change_networks_renews_the_stamps_of_those_lists_only(app: Flask, world: World) -> None:
    of_kind = ON_SQLITE if engine_of(app).dialect.name == "sqlite" else ON_POSTGRESQL
    seen = set[str]()
    for sql, whose in (CHANGES | of_kind).items():
        two_lists(app, world)
        revision, before = read_list(app, world.halden).revision, stamps(app, world)
        run(app, world, sql)
        after = stamps(app, world)
        assert {name for name in after if after[name] != before[name]} == whose, sql
        assert read_list(app, world.halden).revision == revision, "forms that are open stay good"
        assert seen.isdisjoint(after[name] for name in whose), "never one of before"
        seen |= set(after.values())


def test_what_concerns_no_decision_renews_no_stamp(app: Flask, world: World) -> None:
    two_lists(app, world)
    before = stamps(app, world)
    for sql in NO_CHANGES:
        run(app, world, sql)
        assert stamps(app, world) == before, sql


def test_a_sign_in_renews_no_stamp_and_empties_no_cache(app: Flask, world: World) -> None:
    two_lists(app, world)
    before, dana = stamps(app, world), Browser(app, HOME)
    fields = {"email": "dana@example.com", "password": "a long enough password"}
    assert dana.send("/login", fields).status_code == 303
    assert stamps(app, world) == before
    with statements(app) as log:
        assert dana.fetch("/").status_code == 200
    assert len(log) == 1


def test_a_warm_process_obeys_sql_at_the_next_request_in_both_directions(
    app: Flask, second: Flask, world: World
) -> None:
    put_list(app, world.halden, "203.0.113.0/24", "192.0.2.0/24", active=True)
    for _ in range(3):
        home = Browser(second, HOME, start_session(app, world.halden, world.users["dana"], HOME))
        assert home.fetch("/").status_code == 200
        run(app, world, "DELETE FROM network WHERE network = '203.0.113.0/24'")
        assert home.fetch("/").status_code == 403
        away = Browser(second, ELSEWHERE, start_session(app, world.halden, world.users["dana"], ELSEWHERE))
        run(app, world, "UPDATE network SET network = '198.51.100.0/24' WHERE account_id = :halden")
        with statements(second) as log:
            assert away.fetch("/").status_code == 200
        assert sum("list_stamp" in statement for statement in log) == 2, "one loads, one compiles"
        put_list(app, world.halden, "203.0.113.0/24", "192.0.2.0/24", active=True)


def test_a_page_that_is_open_meanwhile_is_told_nothing(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", "192.0.2.0/24", active=True)
    dana = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))
    shown = read_list(app, world.halden).revision
    run(app, world, "DELETE FROM network WHERE network = '192.0.2.0/24'")
    assert dana.fetch(f"/session?version={shown}", htmx=True).status_code == 204


def test_a_list_compiled_while_sql_had_it_inactive_decides_nothing_when_it_is_active_again(
    app: Flask, world: World
) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    kept, known = AllowlistCache(), (read_list(app, world.halden).revision, stamps(app, world)["halden"])
    with app.app_context():
        for active in (False, True):
            run(app, world, "UPDATE account SET allowlist_active = NOT allowlist_active")
            state = AccountOfUser(world.halden, "", True, *known)
            assert kept.admits(state, parse_address(ELSEWHERE)) is not active
            db.session.rollback()


def test_an_account_goes_with_its_networks(app: Flask, world: World) -> None:
    two_lists(app, world)
    run(app, world, "DELETE FROM account WHERE id = :halden")
    with engine_of(app).connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM network")).scalar_one() == 1


def test_the_triggers_are_there_after_all_migrations(app: Flask) -> None:
    """A later migration that builds the table `network` anew would lose them without a word."""
    on_sqlite = engine_of(app).dialect.name == "sqlite"
    names = {"network_insert", "network_update", "network_delete"} | (set() if on_sqlite else {"network_truncate"})
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'network'"
        if on_sqlite
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = 'network'::regclass AND tgenabled = 'A'"
    )
    with engine_of(app).connect() as connection:
        assert set(connection.execute(sa.text(query)).scalars()) == names


def test_a_new_account_has_a_stamp_before_its_first_network(app: Flask, world: World) -> None:
    assert stamps(app, world) == {"halden": "0", "northwind": "0"}
