"""GET H/export: history as a file, streamed only to whoever may still read it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import Clock
from tests.support.client import Browser, Portal
from tests.support.past import Past, record_past
from tests.support.quick import writing
from tests.support.statements import every_statement
from webapp.runtime import clock
from webapp.settings.history import export
from webapp.settings.history.export import CutOff
from webapp.storage import access, history_pages, write
from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.models import Membership, PortalSessionRow, User

H, START = "/account/settings/history", datetime(2026, 1, 1, tzinfo=UTC)
URL = f"{H}/export"


@pytest.fixture
def past(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Past:
    """Sixty events, an hour apart; twenty-five are read at once."""
    monkeypatch.setattr(export, "BATCH", 25)
    return record_past(portal.app, portal.world, 60, START)


def lines(text: str) -> list[dict[str, str]]:
    """Return the lines of a CSV file, by their columns."""
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("name", "media_type"), [("csv", "text/csv"), ("json", "application/json")])
def test_it_is_a_file_named_by_account_and_day(portal: Portal, time: Clock, name: str, media_type: str) -> None:
    answer = portal.signed_in("dana").get(f"{URL}?format={name}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8")
    named = f'attachment; filename="history-halden-freight-2026-09-25.{name}"'
    assert (answer.headers["Content-Disposition"], answer.headers["Cache-Control"]) == (named, "no-store")


def test_every_event_is_one_line_the_latest_first(portal: Portal, past: Past) -> None:
    browser, ids = portal.signed_in("dana"), [row.id for row in reversed(past.rows)]
    assert [int(line["event"]) for line in lines(browser.get(URL).text)] == ids
    told = json.loads(browser.get(f"{URL}?format=json").text)
    assert [one["id"] for one in told] == ids
    assert told[-1]["after"] == past.rows[0].after


def test_it_has_what_the_filters_leave_and_no_pages(portal: Portal, past: Past) -> None:
    query = f"who={portal.world.users['dana']}&what=edit&from=2026-01-02&page={'A' * 22}"
    found = lines(portal.signed_in("dana").get(f"{URL}?{query}").text)
    assert found
    assert {(line["who"], line["kind"], line["at"] >= "2026-01-02") for line in found} == {
        ("Dana Kessler", "edit", True)
    }


def test_who_signed_in_is_a_file_too(portal: Portal) -> None:
    who = {"account_id": portal.world.halden, "user_id": portal.world.users["sanne"]}
    with portal.app.app_context():
        write(lambda session: access.record_sign_in(session, address=None, now=clock.now(), **who))
    [line] = lines(portal.signed_in("dana").get(f"{URL}?view=access").text)
    assert (line["who"], line["kind"], line["address"], line["count"]) == ("Sanne Li", "sign_in", "", "1")


@pytest.mark.parametrize("query", ["", "who=999", "view=access"])
def test_nothing_is_an_empty_file(portal: Portal, query: str) -> None:
    browser = portal.signed_in("dana")
    assert lines(browser.get(f"{URL}?{query}").text) == []
    assert json.loads(browser.get(f"{URL}?format=json&{query}").text) == []


@pytest.mark.parametrize(
    "query",
    ["format=xml", "format=", "format=csv&format=json", "who=x", "who=1&who=2", "from=1", "network=x", "view=x"],
)
def test_what_cannot_be_meant_is_422(portal: Portal, query: str) -> None:
    assert portal.signed_in("dana").get(f"{URL}?{query}").status == 422


def test_what_cannot_be_looked_for_is_told_at_its_field_and_kept(portal: Portal) -> None:
    answer = portal.signed_in("dana").get(f"{URL}?network=10.0.0.1/8")
    assert (answer.status, answer.one("[name=network]")["value"]) == (422, "10.0.0.1/8")


def test_the_page_offers_what_it_shows_as_a_file(portal: Portal, past: Past) -> None:
    query = f"who={portal.world.users['dana']}&what=edit"
    browser = portal.signed_in("dana")
    links = [str(one["href"]) for one in browser.get(f"{H}?{query}").all(".keep a")]
    assert [link.partition("format=")[2].partition("&")[0] for link in links] == ["csv", "json"]
    assert {line["who"] for line in lines(browser.get(links[0]).text)} == {"Dana Kessler"}


def test_nobody_but_an_owner_gets_it(portal: Portal, past: Past) -> None:
    assert portal.signed_in("sanne").get(URL).status == 403
    assert portal.browser().get(URL).status == 303
    assert lines(portal.signed_in("ola").get(URL).text) == []


def parts(browser: Browser, query: str = "") -> Iterator[bytes]:
    """Ask for the file, and yield it as the server reads it."""
    answer = browser.client.get(f"{URL}?{query}", headers={"X-Forwarded-For": browser.address or ""}, buffered=False)
    assert answer.status_code == 200
    yield from (part.encode() if isinstance(part, str) else part for part in answer.response)


END: dict[str, Callable[[sa.Connection, Any], object]] = {
    "signed_out": lambda c, world: c.execute(sa.delete(PortalSessionRow)),
    "disabled": lambda c, world: c.execute(sa.update(User).values(disabled_at=clock.now())),
    "no_owner": lambda c, world: c.execute(sa.update(Membership).values(role="member")),
}


@pytest.mark.parametrize("how", END)
def test_it_is_cut_off_where_the_reader_may_not_read_any_more(portal: Portal, past: Past, how: str) -> None:
    file = parts(portal.signed_in("dana"), "format=json")
    got = next(file)
    with writing(portal.app) as connection:
        END[how](connection, portal.world)
    with pytest.raises(CutOff):
        got += b"".join(file)
    with pytest.raises(json.JSONDecodeError):
        json.loads(got)


def test_it_is_cut_off_where_the_list_does_not_let_the_reader_in_any_more(portal: Portal, past: Past) -> None:
    file = parts(portal.signed_in("dana"))
    assert next(file)
    portal.set_list("192.0.2.0/24", active=True)
    with pytest.raises(CutOff, match="not_let_in"):
        list(file)


def test_it_is_cut_off_after_ten_minutes(portal: Portal, past: Past, time: Clock) -> None:
    file = parts(portal.signed_in("dana"))
    assert next(file)
    time.advance(export.LONGEST + timedelta(seconds=1))
    with pytest.raises(CutOff, match="too_long"):
        list(file)


def test_it_is_cut_off_where_the_database_stops_answering(
    portal: Portal, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = parts(portal.signed_in("dana"))
    assert next(file)

    def fail(*_: object) -> None:
        raise Unavailable("stopped")

    monkeypatch.setattr(history_pages, "told", fail)
    with pytest.raises(CutOff):
        list(file)


def test_a_batch_costs_the_same_statements_however_long_the_file_is(portal: Portal, past: Past) -> None:
    file = parts(portal.signed_in("dana"))
    assert next(file)  # the columns
    assert next(file)
    with every_statement(portal.app) as log:
        assert next(file)
    assert len([statement for statement in log if statement.startswith("SELECT")]) == 4, log


def test_events_of_many_networks_are_read_a_few_at_a_time(
    portal: Portal, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST", 1_000)
    batches = list(parts(portal.signed_in("dana"), "format=json"))
    assert max(map(len, batches)) < 5_000
    assert [one["id"] for one in json.loads(b"".join(batches))] == [row.id for row in reversed(past.rows)]


def test_an_event_that_holds_more_than_is_read_at_once_is_read(
    portal: Portal, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST", 1)
    assert len(lines(portal.signed_in("dana").get(URL).text)) == len(past.rows)
