"""What operators repair with: lists that cannot be read, and sessions that a restored backup has brought back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.operations.test_cli import refused, run
from tests.support.client import Portal
from tests.support.quick import cookie_of, events_of, put_list, read_list, start_session, writing
from tests.support.world import ELSEWHERE, HOME
from webapp.storage import sessions
from webapp.storage.models import NetworkRow, PortalSessionRow

GARBAGE, TWO = "garbage/24", "192.0.2.0/24\n0.0.0.0/0"


def corrupt(portal: Portal, *texts: str, active: bool = True) -> str:
    """Give Halden a list of which some rows are what a hand on the database left; return its revision."""
    put_list(portal.app, portal.world.halden, *(f"10.0.{number}.0/24" for number, _ in enumerate(texts)), active=active)
    with writing(portal.app) as connection:
        for number, text in enumerate(texts):
            row = sa.update(NetworkRow).where(NetworkRow.network == f"10.0.{number}.0/24")
            connection.execute(row.values(network=text))
    return read_list(portal.app, portal.world.halden).revision


def test_repair_shows_what_cannot_be_read_and_changes_nothing(portal: Portal) -> None:
    corrupt(portal, "203.0.113.0/24", GARBAGE, TWO)
    before = read_list(portal.app, portal.world.halden)
    result = run(portal, "allowlist", "repair", portal.world.halden)
    assert (result.exit_code, "--delete" in result.stderr) == (1, True)
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == [repr(GARBAGE), repr(TWO)]
    assert read_list(portal.app, portal.world.halden) == before


def test_repair_deletes_on_request_and_is_recorded_as_the_operators(portal: Portal) -> None:
    dana = portal.signed_in_by_page("dana")
    revision = corrupt(portal, "203.0.113.0/24", GARBAGE)
    assert dana.get("/").status == 503
    assert run(portal, "allowlist", "repair", portal.world.halden, "--delete").exit_code == 0
    after = read_list(portal.app, portal.world.halden)
    assert (after.texts, after.active, after.revision != revision) == (["203.0.113.0/24"], True, True)
    (event,) = events_of(portal.app, portal.world.halden)
    assert (event.kind, event.actor, event.user_id, event.after["revision"]) == (
        "repair",
        "operator",
        None,
        after.revision,
    )
    assert [(row["network"]) for row in event.before["unreadable"]] == [GARBAGE]
    assert (event.before["revision"], event.before["active"]) == (revision, True)
    assert dana.page().status == 200
    assert portal.browser(ELSEWHERE).sign_in("dana").status == 403


def test_repair_never_leaves_an_active_list_empty(portal: Portal) -> None:
    corrupt(portal, GARBAGE, TWO)
    before = read_list(portal.app, portal.world.halden)
    failed = run(portal, "allowlist", "repair", portal.world.halden, "--delete")
    assert (failed.exit_code, "--deactivate" in failed.stderr) == (1, True)
    assert read_list(portal.app, portal.world.halden) == before
    done = run(portal, "allowlist", "repair", portal.world.halden, "--delete", "--deactivate")
    assert (done.exit_code, "inactive" in done.stdout) == (0, True)
    assert (portal.list().active, portal.networks()) == (False, [])
    assert portal.signed_in_by_page("dana").page().status == 200


def test_repair_deactivates_only_what_would_be_empty(portal: Portal) -> None:
    corrupt(portal, "203.0.113.0/24", GARBAGE)
    assert run(portal, "allowlist", "repair", portal.world.halden, "--delete", "--deactivate").exit_code == 0
    assert (portal.list().active, portal.networks()) == (True, ["203.0.113.0/24"])


def test_an_inactive_list_may_be_left_empty(portal: Portal) -> None:
    corrupt(portal, GARBAGE, active=False)
    assert run(portal, "allowlist", "repair", portal.world.halden, "--delete").exit_code == 0
    assert (portal.list().active, portal.networks()) == (False, [])


def test_where_nothing_is_wrong_repair_does_nothing(portal: Portal) -> None:
    put_list(portal.app, portal.world.halden, "203.0.113.0/24", active=True)
    corrupt_other = read_list(portal.app, portal.world.halden)
    for options in ([], ["--delete"]):
        assert run(portal, "allowlist", "repair", portal.world.halden, *options).exit_code == 0
    assert read_list(portal.app, portal.world.halden) == corrupt_other
    assert events_of(portal.app, portal.world.halden) == []


@pytest.mark.parametrize("account", [0, 2_000_000_000, 10**30])
def test_repair_of_no_account_is_one_clear_line(portal: Portal, account: int) -> None:
    assert f"no account {account}" in refused(run(portal, "allowlist", "repair", account))


def test_the_other_commands_say_that_there_is_repair(portal: Portal) -> None:
    corrupt(portal, GARBAGE)
    for command in ("show", "deactivate"):
        assert "allowlist repair" in refused(run(portal, "allowlist", command, portal.world.halden))


def test_end_all_ends_every_session_in_bounded_transactions(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "END_BATCH_SIZE", 3)
    app, world = portal.app, portal.world
    for count in (0, 1, 6, 7):
        ids = [start_session(app, world.halden, world.users["dana"], HOME) for _ in range(count)]
        result = run(portal, "session", "end-all")
        assert (result.exit_code, result.stdout.split(".")[0]) == (0, f"Portal sessions ended: {count}")
        with writing(app) as connection:
            assert connection.execute(sa.select(PortalSessionRow.id_hash)).all() == []
        for session_id in ids[:1]:
            browser = portal.browser()
            browser.client.set_cookie("portal_session", cookie_of(app, session_id))
            assert browser.get("/").location == "/login?next=/"
            assert "You were signed out by whoever runs the portal." in browser.get("/login").one(".note").get_text()
