"""`account remove`: the only way in which history goes (R15); `webapp/operations/cli/accounts.py`."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from tests.conftest import dispose, migrate
from tests.operations.test_cli import refused, run
from tests.support.client import Portal
from tests.support.postgres import Cluster
from tests.support.quick import engine_of, events_of, new_app, writing
from tests.support.roles import split
from tests.support.world import seed, set_list
from webapp.storage import append_only, operators
from webapp.storage.actors import unix_user
from webapp.storage.models import Account, Base, Event, User

NAME = "removal"


def test_nothing_is_removed_without_a_yes(portal: Portal) -> None:
    portal.set_list("192.0.2.1")
    assert "Nothing is removed" in refused(run(portal, "account", "remove", portal.world.halden))
    assert len(events_of(portal.app, portal.world.halden)) == 1


def test_no_such_account_is_one_clear_line(portal: Portal) -> None:
    assert "10000" in refused(run(portal, "account", "remove", 10_000, "--yes"))


def test_an_account_goes_with_its_history_and_nothing_else(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(append_only, "BATCH", 2)
    world = portal.world
    portal.signed_in_by_page("dana")  # sessions, sign-ins and uses go, too
    with portal.app.app_context():
        for account in (world.halden, world.northwind):
            for networks in (["192.0.2.1"], ["192.0.2.2"], ["192.0.2.3"], ["192.0.2.4"]):
                set_list(account, *networks)
    kept = events_of(portal.app, world.northwind)
    with caplog.at_level(logging.INFO, "portal"):
        result = run(portal, "account", "remove", world.halden, "--yes")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"Account {world.halden} is removed; its users stay.\n"
    (line,) = (record for record in caplog.records if getattr(record, "outcome", "") == "account_remove")
    assert (vars(line)["account"], vars(line)["by"]) == (world.halden, unix_user())
    assert events_of(portal.app, world.northwind) == kept
    with engine_of(portal.app).connect() as connection:
        for table in Base.metadata.sorted_tables:
            if "account_id" in table.c:
                assert set(connection.scalars(sa.select(table.c.account_id))) <= {world.northwind}, table
        assert connection.scalar(sa.select(sa.func.count()).select_from(User)) == len(world.users)


def test_afterwards_events_are_kept_as_before(portal: Portal) -> None:
    portal.set_list("192.0.2.1")
    with portal.app.app_context():
        set_list(portal.world.northwind, "192.0.2.1")
    assert run(portal, "account", "remove", portal.world.halden, "--yes").exit_code == 0
    with pytest.raises(sa.exc.IntegrityError), writing(portal.app) as connection:
        connection.execute(sa.delete(Event))


@pytest.mark.postgres
def test_the_portals_own_role_removes_no_history_whatever_it_says(cluster: Cluster) -> None:
    cluster.create_database(NAME)
    owner, own = split(cluster, NAME)
    migrate(owner)
    app = new_app(own)
    with app.app_context():
        world = seed()
        set_list(world.halden, "192.0.2.1")
        with pytest.raises(operators.NotTheOwner):
            operators.remove_account(world.halden)
    for what in (sa.delete(Event), sa.delete(Account), sa.update(Event).values(actor="nobody")):
        with engine_of(app).execution_options(writes=True).connect() as connection:
            connection.exec_driver_sql(f"SET portal.removed_account = '{world.halden}'")
            with pytest.raises(sa.exc.IntegrityError):
                connection.execute(what)
            connection.rollback()
    dispose(app)
    app = new_app(owner)
    with app.app_context():
        operators.remove_account(world.halden)
    assert events_of(app, world.halden) == []
    dispose(app)
    cluster.drop_database(NAME)
