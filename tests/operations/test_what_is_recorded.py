"""What changes what people may do is an event, by whichever command or form (R15)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa

from tests.operations.test_cli import refused, run
from tests.operations.test_cli_users import DANA, in_both_accounts
from tests.support.client import BASE, Portal
from tests.support.quick import engine_of, events_of, start_session
from tests.support.world import HOME, PASSWORD
from webapp.storage.models import ApiToken, Membership, PortalSessionRow

BETTER = "an even longer passphrase"


def last(portal: Portal, account: int) -> Any:
    """Return the account's last event."""
    return events_of(portal.app, account)[-1]


def test_a_sign_out_by_an_owner(portal: Portal) -> None:
    dana, world = portal.signed_in("dana"), portal.world
    start_session(portal.app, world.halden, world.users["sanne"], "192.0.2.9", "Firefox on Linux")
    with engine_of(portal.app).connect() as connection:
        of_sanne = sa.select(PortalSessionRow.id_hash).where(PortalSessionRow.user_id == world.users["sanne"])
        key = connection.scalars(of_sanne).one()[:16]
    assert dana.post(f"{BASE}/sessions/end", {"key": key}).status == 303
    event = last(portal, world.halden)
    assert (event.kind, event.actor, event.door, event.address) == ("session_end", "Dana Kessler", "page", HOME)
    sanne = {"user_id": world.users["sanne"], "name": "Sanne Li"}
    assert event.before["session"] == {"user": sanne, "address": "192.0.2.9", "browser": "Firefox on Linux"}
    assert dana.post(f"{BASE}/sessions/end", {"key": key}).status == 303
    assert last(portal, world.halden).id == event.id


def test_another_role_in_that_account_only(portal: Portal) -> None:
    in_both_accounts(portal)
    result = run(portal, "user", "role", DANA, "--account", portal.world.halden, "--role", "member")
    assert (result.exit_code, result.stderr) == (0, f"{DANA} is member of account {portal.world.halden}.\n")
    event = last(portal, portal.world.halden)
    assert (event.kind, event.door, event.user_id) == ("user_role", "operator", None)
    assert [side["user"]["role"] for side in (event.before, event.after)] == ["owner", "member"]
    assert event.after["user"]["name"] == "Dana Kessler"
    assert events_of(portal.app, portal.world.northwind) == []
    assert "already" in run(portal, "user", "role", DANA, "--account", portal.world.halden, "--role", "member").stderr
    assert last(portal, portal.world.halden).id == event.id
    stranger = run(portal, "user", "role", "ola@example.com", "--account", portal.world.halden, "--role", "member")
    assert "is not in" in refused(stranger)


def test_another_password_in_each_account_and_whoever_knew_the_old_one_is_out(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_both_accounts(portal)
    dana = portal.signed_in_by_page("dana")
    monkeypatch.setenv("PORTAL_USER_PASSWORD", BETTER)
    result = run(portal, "user", "password", DANA)
    assert (result.exit_code, result.stderr) == (0, f"{DANA} has another password; portal sessions ended: 1.\n")
    assert dana.get(BASE, htmx=True).status == 401
    for account in (portal.world.halden, portal.world.northwind):
        event = last(portal, account)
        assert event.kind == "user_password"
        assert not any(secret in str(event) for secret in (PASSWORD, BETTER, "scrypt"))
    assert portal.browser().sign_in("dana").status == 401
    assert "There is no user" in refused(run(portal, "user", "password", "nobody@example.com"))


def test_what_concerns_no_account_is_logged_only(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    with engine_of(portal.app).execution_options(writes=True).begin() as connection:
        connection.execute(sa.delete(Membership).where(Membership.user_id == portal.world.users["dana"]))
    with caplog.at_level(logging.INFO, "portal"):
        assert run(portal, "user", "disable", DANA).exit_code == 0
    assert [(line.outcome, line.of_user) for line in caplog.records if line.message == "change"] == [  # type: ignore[attr-defined]
        ("user_disable", portal.world.users["dana"])
    ]
    assert events_of(portal.app, portal.world.halden) == []


def test_tokens_that_are_revoked_open_nothing_any_more(portal: Portal) -> None:
    account = portal.world.halden
    assert run(portal, "api-token", "create", "--account", account, "--name", "CI").exit_code == 0
    result = run(portal, "api-token", "revoke", "--account", account, "--name", "CI", "--yes")
    assert (result.exit_code, result.stderr) == (0, "API tokens revoked: 1.\n")
    event = last(portal, account)
    assert (event.kind, event.before["api_token"]) == ("api_token_revoke", {"name": "CI"})
    with engine_of(portal.app).connect() as connection:
        assert connection.scalars(sa.select(ApiToken.name)).all() == ["tests"]
    assert "has no API token" in refused(
        run(portal, "api-token", "revoke", "--account", account, "--name", "CI", "--yes")
    )


def test_a_new_account_and_the_end_of_all_sessions(portal: Portal) -> None:
    account = int(run(portal, "account", "create", "Third").stdout)
    assert run(portal, "session", "end-all").exit_code == 0
    assert [(event.kind, event.door) for event in events_of(portal.app, account)] == [
        ("account_create", "operator"),
        ("session_end_all", "operator"),
    ]
    assert last(portal, portal.world.northwind).kind == "session_end_all"
