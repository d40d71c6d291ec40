"""The operators' commands, as real processes and in this one; `webapp/operations/cli/`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import dispose
from tests.support.client import Browser, Portal
from tests.support.postgres import Cluster
from tests.support.quick import writing_engine
from tests.support.server import ROOT, SETTINGS
from tests.support.world import ELSEWHERE, HOME, PASSWORD, email_of
from webapp import create_app
from webapp.config import Config
from webapp.storage.models import Account, ApiToken, Event, Membership, NetworkRow, User

KEY = "a key for tests, and long enough"
NEW_PASSWORD = "a password for a new user"


# --- real processes -------------------------------------------------------------------------------------------------


def flask(url: str, *command: str, key: str = KEY, **env: str) -> subprocess.CompletedProcess[str]:
    """`flask --app wsgi …` as an operator runs it, with nobody there to answer questions."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env=inherited | {"SECRET_KEY": key, "DATABASE_URL": url} | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def check_failed(process: subprocess.CompletedProcess[str]) -> str:
    """Return the one clear line of a command that failed."""
    assert process.returncode != 0
    assert process.stdout == ""
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1, process.stderr
    assert "Traceback" not in process.stderr
    return lines[0]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that `flask db upgrade` has made."""
    url = f"sqlite:///{tmp_path_factory.mktemp('installed')}/portal.sqlite3"
    upgraded = flask(url, "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    return url


@pytest.fixture
def app_of_installed(installed: str) -> Iterator[Flask]:
    """The portal on the database that the processes use."""
    app = create_app(Config(secret_key=KEY, database_url=installed))
    yield app
    dispose(app)


def test_an_operator_sets_an_account_up(installed: str, app_of_installed: Flask) -> None:
    created = flask(installed, "account", "create", "Halden Freight")
    assert (created.returncode, created.stderr) == (0, "")
    account = created.stdout.strip()
    assert created.stdout == f"{account}\n"
    assert int(account) > 0

    options = ("--name", "Dana Kessler", "--account", account, "--role", "owner")
    user = flask(installed, "user", "create", "Dana@Example.com", *options, PORTAL_USER_PASSWORD=PASSWORD)
    assert user.returncode == 0, user.stderr
    browser = Browser(app_of_installed, None)
    assert browser.sign_in("dana").status == 303
    assert browser.page().one("#ip-allowlist")["data-state"] == "inactive"

    token = flask(installed, "api-token", "create", "--account", account, "--name", "monitoring")
    assert token.returncode == 0, token.stderr
    headers = {"Authorization": f"Bearer {token.stdout.splitlines()[-1]}"}
    answer = Browser(app_of_installed, None).get("/api/v1/account", headers=headers)
    assert answer.json == {"id": int(account), "name": "Halden Freight"}


def test_a_failing_process_says_why_in_one_line(installed: str) -> None:
    assert "There is no account 4711" in check_failed(flask(installed, "allowlist", "show", "4711"))


def test_without_a_key_no_command_runs(installed: str) -> None:
    assert "SECRET_KEY" in check_failed(flask(installed, "account", "create", "x", key=""))


def test_an_unmigrated_database_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    line = check_failed(flask(f"sqlite:///{tmp_path}/new.sqlite3", "account", "create", "Halden Freight"))
    assert "db upgrade" in line


def test_a_database_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is not a database. " * 100)
    assert check_failed(flask(f"sqlite:///{tmp_path}/text", "allowlist", "deactivate", "1"))


@pytest.mark.postgres
@pytest.mark.parametrize("command", [("account", "create", "x"), ("allowlist", "deactivate", "1")])
def test_an_unreachable_database_is_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    app = create_app(Config(secret_key=KEY, database_url=f"postgresql+psycopg://postgres:hidden@/x?host={tmp_path}"))
    result = app.test_cli_runner().invoke(args=[*command])
    dispose(app)
    assert "hidden" not in refused(result)


@pytest.mark.postgres
def test_an_unmigrated_postgresql_is_one_line_that_says_what_to_do(cluster: Cluster) -> None:
    app = create_app(Config(secret_key=KEY, database_url=cluster.create_database("unmigrated_for_cli")))
    result = app.test_cli_runner().invoke(args=["allowlist", "show", "1"])
    dispose(app)
    assert "db upgrade" in refused(result)


# --- in this process, on both databases -----------------------------------------------------------------------------


def run(portal: Portal, *command: object, **env: str) -> Result:
    """Run a command with nobody there to answer questions."""
    return portal.app.test_cli_runner().invoke(args=[str(word) for word in command], env=env, input="")


def refused(result: Result) -> str:
    """Return the one clear line of a command that failed."""
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def create_user(portal: Portal, email: str, account: int, role: str = "member", password: str = NEW_PASSWORD) -> Result:
    """Run `user create`."""
    options = ("--name", "New Person", "--account", account, "--role", role)
    return run(portal, "user", "create", email, *options, PORTAL_USER_PASSWORD=password)


def rows(portal: Portal, table: type[User] | type[Account] | type[ApiToken]) -> int:
    """How many rows a table has."""
    with Session(portal.app.extensions["engine"]) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_new_account_has_an_empty_and_inactive_list(portal: Portal) -> None:
    result = run(portal, "account", "create", "  Ålborg «Süd» 1 ")
    assert result.exit_code == 0
    account = int(result.stdout)
    with Session(portal.app.extensions["engine"]) as session:
        assert session.get_one(Account, account).name == "Ålborg «Süd» 1"
    assert (portal.list(account).active, portal.networks(account)) == (False, [])


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\nb", "a\x00b"])
def test_an_account_needs_a_printable_name(portal: Portal, name: str) -> None:
    assert "name" in refused(run(portal, "account", "create", name)).lower()
    assert rows(portal, Account) == 2


def test_a_new_user_can_sign_in(portal: Portal) -> None:
    assert create_user(portal, "New@Example.com", portal.world.halden).exit_code == 0
    answer = portal.browser().sign_in("new", password=NEW_PASSWORD)
    assert answer.status == 303


def test_a_user_that_exists_gets_a_further_membership_and_keeps_name_and_password(portal: Portal) -> None:
    result = create_user(portal, "DANA@example.com", portal.world.northwind)
    assert result.exit_code == 0, result.stderr
    assert rows(portal, User) == 4
    assert portal.browser().sign_in("dana", password=NEW_PASSWORD).status == 401
    portal.set_list("192.0.2.0/24", active=True)
    assert "Northwind Labs" in portal.signed_in_by_page("dana").get("/").text


def test_an_existing_user_needs_no_password(portal: Portal) -> None:
    assert create_user(portal, email_of("dana"), portal.world.northwind, password="").exit_code == 0


def test_a_further_membership_has_its_own_role(portal: Portal) -> None:
    create_user(portal, email_of("sanne"), portal.world.northwind, role="owner")
    with Session(portal.app.extensions["engine"]) as session:
        query = sa.select(Membership.account_id, Membership.role).where(
            Membership.user_id == portal.world.users["sanne"]
        )
        roles = {row.account_id: row.role for row in session.execute(query)}
    assert roles == {portal.world.halden: "member", portal.world.northwind: "owner"}


def test_a_membership_that_exists_is_refused_and_its_role_kept(portal: Portal) -> None:
    assert "already" in refused(create_user(portal, email_of("sanne"), portal.world.halden, role="owner"))
    with Session(portal.app.extensions["engine"]) as session:
        query = sa.select(Membership.role).where(Membership.user_id == portal.world.users["sanne"])
        assert session.scalars(query).all() == ["member"]


@pytest.mark.parametrize("email", ["", "nobody", "a b@example.com", "a\n@example.com", "x" * 250 + "@x.de"])
def test_a_user_needs_an_email(portal: Portal, email: str) -> None:
    assert "e-mail" in refused(create_user(portal, email, portal.world.halden))
    assert rows(portal, User) == 4


def test_a_user_needs_a_password_of_some_length(portal: Portal) -> None:
    assert "12" in refused(create_user(portal, "new@example.com", portal.world.halden, password="short"))
    assert rows(portal, User) == 4


def test_nobody_there_to_type_a_password_is_a_failure(portal: Portal) -> None:
    result = create_user(portal, "new@example.com", portal.world.halden, password="")
    assert result.exit_code != 0
    assert rows(portal, User) == 4


def test_a_role_that_is_none_is_refused(portal: Portal) -> None:
    assert create_user(portal, "new@example.com", portal.world.halden, role="admin").exit_code != 0
    assert rows(portal, User) == 4


@pytest.mark.parametrize(
    "command",
    [
        ("user", "create", "new@example.com", "--name", "x", "--role", "owner", "--account"),
        ("api-token", "create", "--name", "x", "--account"),
        ("allowlist", "show"),
        ("allowlist", "deactivate"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("account", [2_000_000_000, 10**12, 10**30])
def test_an_account_that_does_not_exist_is_one_clear_line(
    portal: Portal, command: tuple[str, ...], account: int
) -> None:
    assert f"no account {account}" in refused(run(portal, *command, account, PORTAL_USER_PASSWORD=NEW_PASSWORD))


def test_an_account_that_is_no_number_is_refused(portal: Portal) -> None:
    assert run(portal, "allowlist", "show", "Halden").exit_code != 0
    assert run(portal, "allowlist", "show").exit_code != 0


def test_a_new_token_is_the_last_line_and_works(portal: Portal) -> None:
    result = run(portal, "api-token", "create", "--account", portal.world.northwind, "--name", "monitoring")
    assert result.exit_code == 0
    headers = {"Authorization": f"Bearer {result.stdout.splitlines()[-1]}"}
    assert portal.browser(ELSEWHERE).get("/api/v1/account", headers=headers).json["name"] == "Northwind Labs"


def test_a_token_needs_a_name(portal: Portal) -> None:
    assert "name" in refused(run(portal, "api-token", "create", "--account", portal.world.halden, "--name", "")).lower()
    assert rows(portal, ApiToken) == 1


# --- the list -------------------------------------------------------------------------------------------------------


def test_show_prints_the_state_and_the_networks(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "2001:db8::/48", active=True, comment="Office")
    result = run(portal, "allowlist", "show", portal.world.halden)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["active", "2001:db8::/48\tOffice", "203.0.113.0/24\tOffice"]
    assert run(portal, "allowlist", "show", portal.world.northwind).stdout == "inactive\n"


@pytest.mark.parametrize(
    ("active", "address", "code", "said"),
    [
        (True, HOME, 0, "203.0.113.0/24"),
        (True, f"::ffff:{HOME}", 0, "203.0.113.0/24"),
        (True, ELSEWHERE, 1, "not let in"),
        (True, "2001:db8::1", 1, "not let in"),
        (False, ELSEWHERE, 0, "inactive"),
        (False, HOME, 0, "203.0.113.0/24"),
    ],
)
def test_check_tells_whether_an_address_is_let_in_and_by_what(
    portal: Portal, active: bool, address: str, code: int, said: str
) -> None:
    portal.set_list("203.0.113.0/24", active=active)
    result = run(portal, "allowlist", "check", portal.world.halden, address)
    assert result.exit_code == code
    assert said in result.stdout
    assert (result.exit_code == 0) == (portal.browser(address).sign_in("dana").status == 303)


@pytest.mark.parametrize("address", ["", "nonsense", "203.0.113.0/24", "203.0.113.042", "10.0.0.1:80", "fe80::1%eth0"])
def test_check_refuses_what_is_no_address(portal: Portal, address: str) -> None:
    assert "not an IP address" in refused(run(portal, "allowlist", "check", portal.world.halden, address))


def test_deactivate_is_the_way_back_in(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", active=True)
    assert portal.browser().sign_in("dana").status == 403
    assert run(portal, "allowlist", "deactivate", portal.world.halden).exit_code == 0
    assert (portal.list().active, portal.networks()) == (False, ["192.0.2.0/24"])
    assert portal.browser().sign_in("dana").status == 303


def test_deactivate_is_recorded_as_done_by_the_operator(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", active=True)
    revision = portal.list().revision
    run(portal, "allowlist", "deactivate", portal.world.halden)
    with Session(portal.app.extensions["engine"]) as session:
        event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event
    assert (event.account_id, event.kind, event.actor) == (portal.world.halden, "deactivate", "operator")
    assert (event.user_id, event.address) == (None, None)
    assert (event.before["active"], event.after["active"]) == (True, False)
    assert portal.list().revision != revision


def test_deactivating_an_inactive_list_succeeds_and_records_nothing(portal: Portal) -> None:
    before = portal.list()
    result = run(portal, "allowlist", "deactivate", portal.world.halden)
    assert (result.exit_code, portal.list()) == (0, before)
    with Session(portal.app.extensions["engine"]) as session:
        assert session.scalars(sa.select(Event)).all() == []


def test_deactivate_touches_no_other_account(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", active=True, account=portal.world.northwind)
    run(portal, "allowlist", "deactivate", portal.world.halden)
    assert portal.list(portal.world.northwind).active


@pytest.mark.parametrize("command", ["show", "deactivate"])
def test_a_list_that_cannot_be_read_is_one_clear_line(portal: Portal, command: str) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.update(NetworkRow).values(network="garbage/24"))
    assert "list" in refused(run(portal, "allowlist", command, portal.world.halden))


@pytest.mark.parametrize("group", ["account", "user", "api-token", "allowlist", "db"])
def test_every_group_explains_itself(portal: Portal, group: str) -> None:
    result = run(portal, group, "--help")
    assert result.exit_code == 0
    assert "Commands:" in result.stdout
