"""The list as it was after an event, for a program that may read history (R16); `webapp/api/ip_allowlist.py`."""

from __future__ import annotations

import pytest

from tests.api.test_tokens_end import token_of_dana
from tests.support.client import Answer, Portal
from tests.support.quick import events_of
from webapp.domain.token_scopes import HISTORY, STATE

PATH = "/api/v1/ip-allowlist"


def ask(portal: Portal, query: str, scope: str = HISTORY, **headers: str) -> Answer:
    """Ask for a list of Halden's, as a program does."""
    return portal.browser().get(f"{PATH}?{query}", headers=token_of_dana(portal, scope) | headers)


@pytest.fixture
def events(portal: Portal) -> list[int]:
    """The ids of two events, after which the list was another one each time."""
    ids = []
    for texts in (["203.0.113.0/24"], ["203.0.113.0/24", "2001:db8::/48"]):
        portal.set_list(*texts)
        ids.append(events_of(portal.app, portal.world.halden)[-1].id)
    return ids


def test_it_is_the_list_of_then_under_its_etag(portal: Portal, events: list[int]) -> None:
    first, last, now = (ask(portal, query) for query in (*(f"as_of={event}" for event in events), ""))
    assert [one["network"] for one in first.json["networks"]] == ["203.0.113.0/24"]
    assert (last.json, last.headers["ETag"]) == (now.json, now.headers["ETag"])
    assert first.headers["ETag"] != last.headers["ETag"]
    again = ask(portal, f"as_of={events[0]}", **{"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "1.5", "٣", "1&as_of=1", "99999999999", "2147483648", " 1"])
def test_what_is_no_id_is_a_problem_with_the_way_out(portal: Portal, text: str) -> None:
    answer = ask(portal, f"as_of={text}")
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert (answer.json["code"], "/api/v1/history" in answer.json["detail"]) == ("as_of", True)


def test_an_event_of_another_account_is_none(portal: Portal, events: list[int]) -> None:
    portal.set_list("192.0.2.0/24", account=portal.world.northwind)
    for event in (events[-1] + 900, *(row.id for row in events_of(portal.app, portal.world.northwind))):
        answer = ask(portal, f"as_of={event}")
        assert (answer.status, answer.json["code"]) == (404, "no_event")


def test_it_needs_a_scope_that_no_other_includes(portal: Portal, events: list[int]) -> None:
    answer = ask(portal, f"as_of={events[0]}", STATE)
    assert (answer.status, answer.json["error"]) == (403, "insufficient_scope")
    assert 'scope="history:read"' in answer.headers["WWW-Authenticate"]
