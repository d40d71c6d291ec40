"""Users disabled and enabled by operators, and the events of that and of tokens; `webapp/operations/cli/`."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.operations.test_cli import create_user, refused, run
from tests.support.client import BASE, COOKIE, Browser, Portal
from tests.support.quick import engine_of, events_of, start_session, writing
from tests.support.statements import before_writing, only_once
from tests.support.world import OFFICE, PASSWORD, email_of
from webapp.domain.event_kinds import OPERATOR_KINDS
from webapp.runtime import clock
from webapp.storage import events, last_changes, write
from webapp.storage.events import MAX_EVENTS_SEARCHED
from webapp.storage.models import Membership, PortalSessionRow, User

DANA = email_of("dana")
TOLD = "You were signed out because you may not sign in any more. Ask whoever runs the portal."


def told(browser: Browser) -> str:
    """Return what the sign-in page says of an ended session."""
    notes = browser.get("/login").all(".note[role=status]")
    return notes[0].get_text(strip=True) if notes else ""


def in_both_accounts(portal: Portal) -> None:
    """Dana is a member of Northwind, too."""
    row = {"account_id": portal.world.northwind, "user_id": portal.world.users["dana"], "role": "member"}
    with writing(portal.app) as connection:
        connection.execute(sa.insert(Membership).values(**row))


def happened(portal: Portal, account: int) -> list[tuple[str, str, int | None]]:
    """Return kind, actor and user of the account's events."""
    return [(event.kind, event.actor, event.user_id) for event in events_of(portal.app, account)]


def test_a_disabled_user_is_signed_out_everywhere_and_each_browser_is_told(portal: Portal) -> None:
    browsers = [portal.signed_in_by_page("dana"), portal.signed_in_by_page("dana", OFFICE)]
    copies = [browser.cookie for browser in browsers]
    mara = portal.signed_in_by_page("mara")
    result = run(portal, "user", "disable", " DANA@example.com ")
    assert (result.exit_code, result.stderr) == (0, f"{DANA} is disabled; portal sessions ended: 2.\n")
    for browser, copy in zip(browsers, copies, strict=True):
        browser.client.set_cookie(COOKIE, copy)
        assert browser.get(BASE, htmx=True).status == 401
        assert told(browser) == TOLD
    assert mara.get(BASE).status == 200
    assert told(portal.browser()) == ""


def test_a_disabled_user_is_answered_like_a_wrong_password_and_an_enabled_one_gets_in(portal: Portal) -> None:
    assert run(portal, "user", "disable", DANA).exit_code == 0
    answer = portal.browser().sign_in("dana")
    assert (answer.status, answer.errors, "disabled" in answer.text) == (401, ["wrong"], False)
    result = run(portal, "user", "enable", DANA)
    assert (result.exit_code, result.stderr) == (0, f"{DANA} is enabled.\n")
    assert portal.browser().sign_in("dana").status == 303


def test_both_are_recorded_in_each_account_of_the_user_once(portal: Portal) -> None:
    in_both_accounts(portal)
    for command in ("disable", "disable", "enable", "enable"):
        assert run(portal, "user", command, DANA).exit_code == 0
    expected = [("user_disable", "operator", None), ("user_enable", "operator", None)]
    assert happened(portal, portal.world.halden) == happened(portal, portal.world.northwind) == expected
    disabled, enabled = events_of(portal.app, portal.world.halden)
    user = {"user_id": portal.world.users["dana"], "email": DANA, "name": "Dana Kessler"}
    assert disabled.after["user"] == user | {"disabled": True}
    assert enabled.after["user"] == user | {"disabled": False}


def test_disabling_twice_ends_what_is_left_and_enabling_revives_nothing(portal: Portal) -> None:
    left = portal.signed_in_by_page("dana")
    with writing(portal.app) as connection:
        connection.execute(sa.update(User).where(User.email == DANA).values(disabled_at=clock.now()))
    assert run(portal, "user", "enable", DANA).exit_code == 0
    assert left.get("/").status == 303
    living = portal.signed_in_by_page("dana")
    assert run(portal, "user", "enable", DANA).exit_code == 0
    assert living.get("/").status == 200


def test_a_sign_in_that_ends_just_before_is_ended_by_it(portal: Portal) -> None:
    def sign_in() -> None:
        start_session(portal.app, portal.world.halden, portal.world.users["dana"], OFFICE)

    with before_writing(portal.app, only_once(sign_in)):
        assert run(portal, "user", "disable", DANA).exit_code == 0
    with engine_of(portal.app).connect() as connection:
        assert connection.scalars(sa.select(PortalSessionRow.id_hash)).all() == []


@pytest.mark.parametrize("command", ["disable", "enable"])
@pytest.mark.parametrize("email", ["nobody@example.com", "", "%"])
def test_a_user_who_is_not_there_is_one_clear_line(portal: Portal, command: str, email: str) -> None:
    assert "There is no user" in refused(run(portal, "user", command, email))


def test_creating_users_and_tokens_leaves_events_without_secrets(portal: Portal) -> None:
    account = portal.world.northwind
    assert create_user(portal, "New@Example.com", account).exit_code == 0
    assert create_user(portal, DANA, account, role="owner").exit_code == 0
    assert create_user(portal, DANA, account).exit_code == 1
    token = run(portal, "api-token", "create", "--account", account, "--name", "monitoring").stdout.splitlines()[-1]
    made = events_of(portal.app, account)
    assert [event.kind for event in made] == ["user_create", "user_create", "api_token_create"]
    assert [event.after["user"]["email"] for event in made[:2]] == ["new@example.com", DANA]
    assert [event.after["user"]["role"] for event in made[:2]] == ["member", "owner"]
    assert made[2].after["api_token"] == {"name": "monitoring"}
    assert {(event.actor, event.user_id, event.address, event.operation) for event in made} == {
        ("operator", None, None, None)
    }
    text = str([(event.before, event.after) for event in made])
    assert not any(secret in text for secret in (token, token[4:], "scrypt", PASSWORD))


def flood(portal: Portal, **more: Any) -> None:
    """More events of users and tokens than anything looks through."""
    what = {"user": {"user_id": 1, "id": 1, "network": "203.0.113.0/24"}, **more}
    with portal.app.app_context():
        for number in range(MAX_EVENTS_SEARCHED + 2):
            kind = OPERATOR_KINDS[number % len(OPERATOR_KINDS)]
            write(lambda session, kind=kind: events.note(session, portal.world.halden, kind, what, clock.now()))  # type: ignore[misc]


def test_whatever_reads_changes_of_the_list_passes_over_them(portal: Portal) -> None:
    dana, mara = portal.signed_in_by_page("dana"), portal.signed_in_by_page("mara")
    flood(portal)
    for browser, network in ((mara, "192.0.2.0/24"), (dana, "198.51.100.0/24"), (dana, "203.0.113.0/24")):
        assert browser.post(f"{BASE}/networks", {"network": network}).status == 303
    shown = dana.revision()
    gone = portal.id_of("198.51.100.0/24")
    form = {"version": portal.version_of("198.51.100.0/24")}
    assert dana.post(f"{BASE}/networks/{gone}/delete", form).status == 303
    flood(portal)
    page = dana.page()
    assert page.one("[name=token]")
    assert "You deleted <span" in dana.get(f"/session?version={shown}", htmx=True).text
    assert "Dana Kessler deleted <span" in mara.get(f"/session?version={shown}", htmx=True).text
    assert "deleted" in mara.get(f"{BASE}/networks/{gone}/edit", htmx=True).text
    with portal.app.app_context():
        for since, reader in ((shown, 0), ("unknown", 0), (shown, portal.world.users["mara"])):
            changes = last_changes.changes_since(portal.world.halden, since=since, reader=reader)
            assert [change.kind for change in changes] == ["delete"]
        assert getattr(last_changes.last_change(portal.world.halden), "kind", "") == "delete"
        assert getattr(last_changes.last_change(portal.world.halden, entry_id=gone), "kind", "") == "delete"


def test_an_event_of_an_unknown_kind_is_not_written(portal: Portal) -> None:
    with portal.app.app_context(), pytest.raises(ValueError, match="edit"):
        write(lambda session: events.note(session, portal.world.halden, "edit", {}, clock.now()))
