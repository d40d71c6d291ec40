"""No command takes an account's last owner who may sign in; removals, sessions and lists of people."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose
from tests.operations.test_cli import refused, run
from tests.operations.test_cli_users import DANA, in_both_accounts
from tests.support.at_once import at_once
from tests.support.client import BASE, Portal
from tests.support.quick import engine_of, events_of, new_app, scaled
from tests.support.world import email_of
from webapp.runtime import clock
from webapp.storage import people
from webapp.storage.actors import unix_user
from webapp.storage.models import Membership, User

MARA, SANNE, OLA = (email_of(name) for name in ("mara", "sanne", "ola"))


def enabled_owners(portal: Portal, account: int) -> list[str]:
    """Return the e-mails of the account's owners who may sign in."""
    owners = (
        sa.select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.account_id == account, Membership.role == "owner", User.disabled_at.is_(None))
    )
    with engine_of(portal.app).connect() as connection:
        return list(connection.scalars(owners))


def ways(account: int, email: str) -> dict[str, tuple[object, ...]]:
    """Return every command that takes an owner away."""
    return {
        "role": ("user", "set-role", email, "--account", account, "--role", "member"),
        "remove": ("user", "remove", email, "--account", account, "--yes"),
        "disable": ("user", "disable", email),
    }


@pytest.mark.parametrize("way", ["role", "remove", "disable"])
def test_the_last_owner_stays_and_the_line_says_what_to_do_first(portal: Portal, way: str) -> None:
    account = portal.world.northwind
    ola = portal.signed_in_by_page("ola")
    line = refused(run(portal, *ways(account, OLA)[way]))
    assert f"the last owner of account {account}" in line
    assert f"user set-role EMAIL --account {account} --role owner" in line
    assert enabled_owners(portal, account) == [OLA]
    assert events_of(portal.app, account) == []
    assert ola.get("/").status == 200


@pytest.mark.parametrize("way", ["role", "remove", "disable"])
def test_an_owner_who_is_disabled_is_no_other_owner(portal: Portal, way: str) -> None:
    account = portal.world.halden
    assert run(portal, "user", "disable", MARA).exit_code == 0
    assert "the last owner" in refused(run(portal, *ways(account, DANA)[way]))
    assert enabled_owners(portal, account) == [DANA]


TAKES: dict[str, Callable[[int, str], object]] = {
    "role": lambda account, email: people.set_role(account, email, "member", clock.now()),
    "remove": lambda account, email: people.remove(account, email, clock.now()),
    "disable": lambda account, email: people.set_disabled(email, disabled=True, now=clock.now()),
}


def take(app: Flask, way: str, account: int, email: str) -> bool:
    """Take an owner away, as a command in a process of its own does; return whether it was done."""
    with app.app_context():
        try:
            TAKES[way](account, email)
        except people.LastOwner:
            return False
    return True


@pytest.mark.parametrize("first", TAKES)
@pytest.mark.parametrize("second", TAKES)
def test_of_two_commands_at_once_one_is_refused(portal: Portal, database_url: str, first: str, second: str) -> None:
    account, other = portal.world.halden, new_app(database_url)
    of_dana, of_mara = partial(take, portal.app, first, account, DANA), partial(take, other, second, account, MARA)
    with at_once(portal.app, other) as pairs:
        for number in range(1, scaled(3) + 1):
            assert sorted(pairs.run(of_dana, of_mara)) == [False, True]
            assert pairs.overlapped == number
            assert len(enabled_owners(portal, account)) == 1
            as_before(portal, account)
    dispose(other)


def as_before(portal: Portal, account: int) -> None:
    """Dana and Mara own the account again."""
    with portal.app.app_context():
        for email in (DANA, MARA):
            people.set_disabled(email, disabled=False, now=clock.now())
            people.create_user(account, email, "", "", "owner", clock.now())
            people.set_role(account, email, "owner", clock.now())


def test_whoever_is_removed_is_signed_out_of_that_account_only(portal: Portal) -> None:
    in_both_accounts(portal)
    dana = portal.signed_in_by_page("dana")
    result = run(portal, "user", "remove", " DANA@example.com", "--account", portal.world.halden, "--yes")
    said = f"{DANA} is removed from account {portal.world.halden}; portal sessions ended: 1.\n"
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", said)
    assert dana.get(BASE, htmx=True).status == 401
    (event,) = events_of(portal.app, portal.world.halden)
    assert (event.kind, event.door, event.after["unix_user"]) == ("user_remove", "operator", unix_user())
    assert event.before["user"] | {"role": "owner", "email": DANA} == event.before["user"]
    assert events_of(portal.app, portal.world.northwind) == []


def test_nobody_is_removed_without_a_yes_where_nobody_can_be_asked(portal: Portal) -> None:
    line = refused(run(portal, "user", "remove", SANNE, "--account", portal.world.halden))
    assert line.startswith("Error: Nothing is changed. --yes goes on")
    assert events_of(portal.app, portal.world.halden) == []


def test_all_sessions_of_a_person_end_and_they_may_sign_in_again(portal: Portal) -> None:
    sanne = portal.signed_in_by_page("sanne")
    result = run(portal, "user", "end-sessions", SANNE)
    assert (result.exit_code, result.stderr) == (0, f"{SANNE} is signed out; portal sessions ended: 1.\n")
    assert sanne.get(BASE, htmx=True).status == 401
    (event,) = events_of(portal.app, portal.world.halden)
    assert (event.kind, event.after["user"]["email"]) == ("user_end_sessions", SANNE)
    assert portal.browser().sign_in("sanne").status == 303


@pytest.mark.parametrize("email", ["nobody@example.com", "", "\x1b[31m@y.test", "a\nb"])
def test_a_user_who_is_not_there_is_one_clear_line(portal: Portal, email: str) -> None:
    of_account = ("--account", portal.world.halden)
    for command in (
        ("set-role", email, *of_account, "--role", "owner"),
        ("remove", email, *of_account, "--yes"),
        ("set-password", email),
        ("end-sessions", email),
        ("show", email),
    ):
        line = refused(run(portal, "user", *command))
        assert line.isprintable()
        assert "There is no user" in line or "is not in account" in line


@pytest.mark.parametrize("account", ["0", "-1", "4711", "one", "9" * 40])
def test_an_account_that_is_none_is_one_clear_line(portal: Portal, account: str) -> None:
    for command in (
        ("account", "show", account),
        ("account", "rename", account, "Name"),
        ("user", "list", "--account", account),
        ("user", "set-role", DANA, "--account", account, "--role", "member"),
        ("user", "remove", DANA, "--account", account, "--yes"),
        ("api-token", "list", "--account", account),
        ("api-token", "revoke", "--account", account, "--name", "tests", "--yes"),
    ):
        refused(run(portal, *command))


def told(portal: Portal, *command: object) -> object:
    """Return what a command says in JSON; the same command without it prints lines."""
    lines = run(portal, *command)
    assert lines.exit_code == 0, lines.stderr
    assert lines.stdout
    result = run(portal, *command, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_accounts_are_listed_and_shown(portal: Portal) -> None:
    portal.set_list("192.0.2.1")
    listed = told(portal, "account", "list")
    assert isinstance(listed, list)
    assert told(portal, "account", "show", portal.world.halden) == listed[0]
    assert (listed[0]["networks"], listed[0]["users"], listed[0]["owners"]) == (1, 3, 2)
    assert [one["id"] for one in listed] == [portal.world.halden, portal.world.northwind]


def test_people_are_listed_and_shown_with_their_live_sessions(portal: Portal) -> None:
    portal.browser().sign_in("dana")
    listed = told(portal, "user", "list", "--account", portal.world.halden)
    assert isinstance(listed, list)
    assert [(one["email"], one["role"], one["live_sessions"]) for one in listed] == [
        (DANA, "owner", 1),
        (MARA, "owner", 0),
        (SANNE, "member", 0),
    ]
    dana = told(portal, "user", "show", DANA.upper())
    assert isinstance(dana, dict)
    (there,) = dana["accounts"]
    assert (there["role"], there["live_sessions"], there["last_sign_in_at"]) == (
        "owner",
        1,
        listed[0]["last_sign_in_at"],
    )
    assert "scrypt" not in str(dana)


def test_api_tokens_are_listed_without_what_opens_anything(portal: Portal) -> None:
    listed = told(portal, "api-token", "list", "--account", portal.world.halden)
    assert isinstance(listed, list)
    assert [(one["name"], one["ended"]) for one in listed] == [("tests", False)]
    assert not any("hash" in name for name in listed[0])
    refused(run(portal, "api-token", "revoke", "--account", portal.world.halden, "--name", "tests"))
    assert told(portal, "api-token", "list", "--account", portal.world.halden) == listed


def test_an_account_gets_another_name(portal: Portal) -> None:
    result = run(portal, "account", "rename", portal.world.halden, " Halden Rail ")
    assert (result.exit_code, result.stderr) == (0, f"Account {portal.world.halden} is called Halden Rail.\n")
    (event,) = events_of(portal.app, portal.world.halden)
    assert (event.before["account"], event.after["account"]) == ({"name": "Halden Freight"}, {"name": "Halden Rail"})
    assert "already" in run(portal, "account", "rename", portal.world.halden, "Halden Rail").stderr
    for bad in ("", "a\nb", "\x1b[2J", "x" * 121):
        refused(run(portal, "account", "rename", portal.world.halden, bad))
    assert len(events_of(portal.app, portal.world.halden)) == 1


@pytest.mark.parametrize("old", [("role", "set-role"), ("password", "set-password")])
def test_the_names_of_before_go_on_working_and_help_shows_the_new_ones(portal: Portal, old: tuple[str, str]) -> None:
    assert run(portal, "user", old[0], "--help").exit_code == 0
    shown = [line.split()[0] for line in run(portal, "user", "--help").stdout.splitlines() if line.startswith("  ")]
    assert old[1] in shown
    assert old[0] not in shown
