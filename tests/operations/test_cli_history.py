"""`flask history`: the same questions as the page's, a line an event; `webapp/operations/cli/history.py`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.operations.test_cli import refused, run
from tests.support.client import Portal
from tests.support.past import Past, record_past
from tests.support.quick import writing
from webapp.runtime import clock
from webapp.storage import access, write
from webapp.storage.models import Event, table_of

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def past(portal: Portal) -> Past:
    """Sixty events, an hour apart."""
    return record_past(portal.app, portal.world, 60, START)


def ask(portal: Portal, *options: object) -> list[list[str]]:
    """Return the lines of a history of Halden's, as their values."""
    result = run(portal, "history", portal.world.halden, *options)
    assert result.exit_code == 0, result.stderr
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_the_latest_come_first_and_page_by_page(portal: Portal, past: Past) -> None:
    first = run(portal, "history", portal.world.halden, "--limit", 40)
    cursor = first.stderr.partition("--page ")[2].strip()
    rest = run(portal, "history", portal.world.halden, "--page", cursor)
    lines = [line.split("\t") for line in (first.stdout + rest.stdout).splitlines()]
    assert [int(line[-1]) for line in lines] == [row.id for row in reversed(past.rows)]
    assert (first.stdout.count("\n"), rest.stderr) == (40, "")


def test_each_filter_of_the_page_is_an_option(portal: Portal, past: Past) -> None:
    network = ("--network", "10.0.0.0/8", "--from", "2026-01-02", "--to", "2026-01-02")
    found = ask(portal, "--who", portal.world.users["dana"], "--what", "networks", *network)
    assert found
    assert {line[1] for line in found} == {"Dana Kessler"}
    assert all(line[0].startswith("2026-01-02") and "10." in " ".join(line[5:8]) for line in found)
    assert {line[1] for line in ask(portal, "--who", "operator")} == {"operator"}


def test_as_json_it_is_what_the_api_tells(portal: Portal, past: Past) -> None:
    told = json.loads(run(portal, "history", portal.world.halden, "--json", "--limit", 2).stdout)
    assert (told["view"], [one["id"] for one in told["events"]]) == ("changes", [row.id for row in past.rows[:-3:-1]])
    assert told["events"][0]["before"] == past.rows[-1].before
    assert told["next"]


def test_who_signed_in_is_the_other_view(portal: Portal) -> None:
    who = {"account_id": portal.world.halden, "user_id": portal.world.users["sanne"]}
    with portal.app.app_context():
        write(lambda session: access.record_sign_in(session, address=None, now=clock.now(), **who))
    [line] = ask(portal, "--view", "access")
    assert line[1:5] == ["Sanne Li", "sign_in", "", "1"]
    assert ask(portal, "--view", "access", "--what", "blocked") == []


def test_a_name_of_before_cannot_write_to_the_terminal(portal: Portal) -> None:
    of_list = {"active": False, "revision": "", "networks": []}
    facts = {"account_id": portal.world.halden, "actor": "a\tb\x1b[2J\n\u202e", "at": clock.now(), "kind": "edit"}
    with writing(portal.app) as connection:
        connection.execute(table_of(Event).insert().values(**facts, before=of_list, after=of_list, door="operator"))
    assert [line[1] for line in ask(portal)] == [r"a\tb\x1b[2J\n\u202e"]


@pytest.mark.parametrize(
    "options",
    [
        ("--who", "dana"),
        ("--what", "everything"),
        ("--network", "10.0.0.1/8"),
        ("--from", "2026-02-30"),
        ("--from", "2026-02-02", "--to", "2026-02-01"),
        ("--page", "x\n\x1b"),
        ("--view", "all"),
        ("--limit", "0"),
        ("--limit", "1001"),
        ("--limit", "x"),
        ("--unknown",),
        ("more",),
        ("--view", "access", "--what", "add"),
        ("--network", "\udcff"),
    ],
)
def test_a_mistake_is_one_line(portal: Portal, options: tuple[str, ...]) -> None:
    assert refused(run(portal, "history", portal.world.halden, *options))


@pytest.mark.parametrize("account", ["0", "4711", "x", "9" * 40])
def test_an_account_that_is_none_is_one_line(portal: Portal, account: str) -> None:
    result = run(portal, "history", account)
    assert refused(result)
    assert result.exit_code == 1
