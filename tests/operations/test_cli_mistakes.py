"""Operators' mistakes: one clear line each, a failing exit, nothing created, nothing dropped in silence."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import dispose
from tests.operations.test_cli import check_failed, create_user, flask, refused, run
from tests.support.client import Portal
from tests.support.quick import engine_of, writing_engine
from tests.support.server import ROOT
from tests.support.world import PASSWORD, email_of, password_hash
from webapp import create_app
from webapp.config import Config, ConfigError
from webapp.operations import cli
from webapp.runtime import clock
from webapp.storage import accounts
from webapp.storage.models import Base, User

NEW, LONG = "new@example.com", "a password for a new user"

BAD_EMAILS = [
    *("", " ", "@", "a@", "@b.test", "a@b@c", "a@b@c.test", "x@y.test,", "x@y.test;", ",x@y.test", "x@y..test"),
    *("<x@y.test>", "X <x@y.test>", "mailto:x@y.test", "x y@z.test", "x@y.test z@y.test", "x@-y.test", "x@y.test."),
    *(
        ".x@y.test",
        "x.@y.test",
        '"x"@y.test',
        "x@[192.0.2.1]",
        "x@y_z.test",
        "x@\ny.test",
        "x\0@y.test",
        "x\udcff@y.test",
    ),
    *(
        "x\u202e@y.test",
        "x" * 65 + "@y.test",
        "x@" + "y" * 64 + ".test",
        "x@" + "y." * 130 + "test",
        "x@y.invalid",
        "x",
    ),
]
BAD_NAMES = ["", "   ", "x" * 121, "a\nb", "a\0b", "\u202e", "\udcff"]
BAD_ACCOUNTS = ["0", "-1", "4711", "1e3", "1.0", "one", "", "9" * 40, "1 2", "0x1"]
BAD_PASSWORDS = [
    *("short", " " * 20, "\t" * 12, "\u2003" * 12, "a" * 40, "x" * 1_025, "aAaAaAaAaAaAaA"),
    *(NEW, NEW.upper(), f" {NEW} ", "New Person", "NEW PERSON  "),
]
BAD_ADDRESSES = ["", "x", "192.0.2", "192.0.2.1/24", "192.0.2.01", "2001:db8::g", "fe80::1%eth0", "192.0.2.1,", "\n"]


def all_rows(portal: Portal) -> dict[str, int]:
    """How many rows each table has."""
    with engine_of(portal.app).connect() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def check_refused(portal: Portal, *command: object, password: str = LONG) -> None:
    """The command fails with one line, and nothing is created."""
    before = all_rows(portal)
    line = refused(run(portal, *command, PORTAL_USER_PASSWORD=password))
    assert len(line) < 500
    assert all_rows(portal) == before


def user_create(portal: Portal, email: str = NEW, **changed: object) -> tuple[object, ...]:
    """`user create` with good values, but for those that are changed."""
    options: dict[str, object] = {"name": "New Person", "account": portal.world.halden, "role": "member"} | changed
    return "user", "create", email, *(word for name, value in options.items() for word in (f"--{name}", value))


# --- a table of bad values for each argument ------------------------------------------------------------------------


@pytest.mark.parametrize("email", BAD_EMAILS, ids=ascii)
def test_an_email_that_is_none_makes_no_user(portal: Portal, email: str) -> None:
    check_refused(portal, *user_create(portal, email))


@pytest.mark.parametrize(
    "email", ["x@y.test", "x+y@mail.example", "x@halden.example", "o'x@y.co.uk", "ü@bücher.example"]
)
def test_an_email_that_is_one_makes_a_user_who_can_sign_in(portal: Portal, email: str) -> None:
    assert run(portal, *user_create(portal, email), PORTAL_USER_PASSWORD=LONG).exit_code == 0
    assert portal.browser().post("/login", {"email": email.upper(), "password": LONG}).status == 303


@pytest.mark.parametrize("password", BAD_PASSWORDS, ids=lambda text: ascii(text[:20]))
def test_a_password_that_anybody_would_try_makes_no_user(portal: Portal, password: str) -> None:
    check_refused(
        portal, *user_create(portal, name="New Person  of Halden"[: len(password.strip())]), password=password
    )
    check_refused(portal, *user_create(portal), password=password)


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda text: ascii(text[:20]))
def test_a_name_that_is_none_creates_nothing(portal: Portal, name: str) -> None:
    check_refused(portal, "account", "create", name)
    check_refused(portal, *user_create(portal, name=name))
    check_refused(portal, "api-token", "create", "--account", portal.world.halden, "--name", name)


@pytest.mark.parametrize("account", BAD_ACCOUNTS)
def test_an_account_that_is_none_creates_nothing(portal: Portal, account: str) -> None:
    check_refused(portal, *user_create(portal, account=account))
    check_refused(portal, "api-token", "create", "--name", "x", "--account", account)
    for command in (("show", account), ("check", account, "192.0.2.1"), ("deactivate", account)):
        check_refused(portal, "allowlist", *command)


FILLED = {"account_id": "1", "email": "dana@example.com", "address": "192.0.2.1", "role": "member"}


def texts(group: Mapping[str, click.Command], *before: str) -> Iterator[tuple[str, ...]]:
    """Yield each of the commands with good values, but for one text, which is no UTF-8."""
    for name, one in group.items():
        if isinstance(one, click.Group):
            yield from texts(one.commands, *before, name)
            continue
        for bad in (each for each in one.params if isinstance(each.type, click.Path | click.types.StringParamType)):
            words = [*before, name, *(["--yes"] if any(each.name == "yes" for each in one.params) else [])]
            for each in (each for each in one.params if each is bad or each.required):
                value = "\udcff" if each is bad else FILLED.get(str(each.name), "1")
                words += [each.opts[0], value] if isinstance(each, click.Option) else [value]
            yield tuple(words)


@pytest.mark.parametrize("command", [*texts(cli.commands())], ids=lambda words: ascii(" ".join(words)))
def test_bytes_that_are_no_text_are_one_line_in_every_command(portal: Portal, command: tuple[str, ...]) -> None:
    check_refused(portal, *command)


@pytest.mark.parametrize("role", ["", "admin", "Owner", "owner,member"])
def test_a_role_that_is_none_creates_nothing(portal: Portal, role: str) -> None:
    check_refused(portal, *user_create(portal, role=role))


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_is_none_is_refused(portal: Portal, address: str) -> None:
    check_refused(portal, "allowlist", "check", portal.world.halden, address)


@pytest.mark.parametrize(
    "command",
    [
        *(("account", "create"), ("account", "creat", "x"), ("account", "create", "x", "y"), ("user", "create", NEW)),
        *(("api-token", "create"), ("allowlist", "show"), ("allowlist", "check", "1"), ("allowlist", "activate", "1")),
        *(("allowlist", "deactivate", "--force", "1"), ("db", "upgrad"), ("db", "upgrade", "a", "b")),
        ("db", "upgrade", "4711"),
    ],
    ids=" ".join,
)
def test_a_command_that_is_none_or_lacks_something_is_one_line(portal: Portal, command: tuple[str, ...]) -> None:
    check_refused(portal, *command)


def test_where_nobody_can_be_asked_for_the_password_its_setting_is_named(portal: Portal) -> None:
    assert "PORTAL_USER_PASSWORD" in refused(run(portal, *user_create(portal), PORTAL_USER_PASSWORD=""))


# --- whoever is there already ---------------------------------------------------------------------------------------


def said(result: Result) -> str:
    """Return the one line of a command that succeeded."""
    assert (result.exit_code, result.stdout) == (0, "")
    (line,) = result.stderr.splitlines()
    return line


def test_what_is_given_for_a_known_email_is_not_dropped_in_silence(portal: Portal) -> None:
    line = said(create_user(portal, email_of("dana"), portal.world.northwind))
    assert "Dana Kessler" in line
    assert "--name and PORTAL_USER_PASSWORD not used" in line
    assert portal.browser().sign_in("dana").status == 303


def test_the_same_name_and_no_password_drop_nothing(portal: Portal) -> None:
    command = user_create(portal, email_of("dana"), account=portal.world.northwind, name="Dana Kessler")
    line = said(run(portal, *command, PORTAL_USER_PASSWORD=""))
    assert "stay" in line
    assert "not used" not in line


def test_a_new_user_is_not_said_to_have_been_there(portal: Portal) -> None:
    assert "stay" not in said(create_user(portal, NEW, portal.world.halden))


@pytest.mark.parametrize("email", ["x@y.test,", "<x@y.test>", "@", "x@localhost"])
def test_whoever_has_an_odd_email_from_before_keeps_it(portal: Portal, email: str) -> None:
    with Session(writing_engine(portal.app)) as session, session.begin():
        user = accounts.create_user(session, email, "Odd", password_hash(), clock.now())
        accounts.join(session, portal.world.halden, user, "member")
    assert portal.browser().post("/login", {"email": email, "password": PASSWORD}).status == 303
    assert "stay" in said(create_user(portal, email, portal.world.northwind))
    with Session(portal.app.extensions["engine"]) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 5


# --- a database that is not where it is said to be ------------------------------------------------------------------

COMMANDS = [
    *(("account", "create", "x"), ("allowlist", "show", "1"), ("allowlist", "deactivate", "1")),
    *(
        ("api-token", "create", "--account", "1", "--name", "x"),
        ("db", "current"),
        ("db", "downgrade"),
        ("db", "check"),
    ),
]


@contextmanager
def app_on(url: str) -> Iterator[Flask]:
    """A portal on a database that may not be there."""
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url))
    yield app
    dispose(app)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_mistyped_sqlite_file_is_not_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    with app_on(f"sqlite:///{tmp_path}/portl.sqlite3") as app:
        line = refused(app.test_cli_runner().invoke(args=[*command]))
        assert app.test_client().get("/readyz").status_code == 503
    assert "portl.sqlite3" in line
    assert "db upgrade" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["{tmp}/typo/portal.sqlite3", "{tmp}/a/b/c.sqlite3", "typo/portal.sqlite3", "{tmp}/file/x"]
)
def test_a_path_into_a_folder_that_is_not_there_stops_the_start(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"DATABASE_URL: there is no folder"):
        create_app(
            Config(secret_key="a key for tests, and long enough", database_url="sqlite:///" + path.format(tmp=tmp_path))
        )
    assert [found.name for found in tmp_path.iterdir()] == ["file"]
    assert not (ROOT / "instance" / "typo").exists()


@pytest.mark.parametrize("command", [("account", "create", "x"), ("db", "upgrade")], ids=" ".join)
def test_a_process_says_in_one_line_that_the_folder_is_not_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "no folder" in check_failed(flask(f"sqlite:///{tmp_path}/typo/portal.sqlite3", *command))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.parametrize("command", [*COMMANDS, ("db", "upgrade")], ids=" ".join)
def test_a_refused_connection_is_not_blamed_on_migrations(closed_port: int, command: tuple[str, ...]) -> None:
    with app_on(f"postgresql+psycopg://portal:hidden@127.0.0.1:{closed_port}/portal") as app:
        line = refused(app.test_cli_runner().invoke(args=[*command]))
    assert "can't be reached" in line
    assert "db upgrade" not in line
    assert "hidden" not in line
