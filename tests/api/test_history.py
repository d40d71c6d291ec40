"""History for programs: the same questions as the page's, a page at a time; `webapp/api/history.py`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.test_tokens_end import ENDS, token_of_dana
from tests.support.client import Answer, Portal
from tests.support.past import Past, record_past
from tests.support.quick import writing
from webapp.domain.token_scopes import HISTORY, STATE
from webapp.runtime import clock
from webapp.storage import access, write

PATH, START = "/api/v1/history", datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def past(portal: Portal) -> Past:
    """A hundred and twenty events, an hour apart."""
    return record_past(portal.app, portal.world, 120, START)


@pytest.fixture
def headers(portal: Portal) -> dict[str, str]:
    """The header of a token that may read history."""
    return token_of_dana(portal, HISTORY)


def ask(portal: Portal, headers: dict[str, str], **query: object) -> Answer:
    """Ask for a page, as a program does."""
    return portal.browser().get(f"{PATH}?{urlencode(query)}", headers=headers)


def all_ids(portal: Portal, headers: dict[str, str], **query: object) -> list[int]:
    """Return the ids of all pages."""
    found: list[int] = []
    while True:
        page = ask(portal, headers, **query).json
        found += [one["id"] for one in page["events"]]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def test_pages_follow_each_other_and_lose_nothing(portal: Portal, past: Past, headers: dict[str, str]) -> None:
    made = [row.id for row in reversed(past.rows)]
    assert [one for one in all_ids(portal, headers) if one in made] == made
    dana = [row.id for row in reversed(past.rows) if row.user_id == portal.world.users["dana"] and row.kind == "edit"]
    assert all_ids(portal, headers, who=portal.world.users["dana"], what="edit") == dana


def test_an_event_and_a_sign_in_are_as_described(portal: Portal, past: Past, headers: dict[str, str]) -> None:
    who = {"account_id": portal.world.halden, "user_id": portal.world.users["sanne"]}
    with portal.app.app_context():
        write(lambda session: access.record_sign_in(session, address=None, now=clock.now(), **who))
    described = portal.browser().get("/api/v1/openapi.json").json
    for view, kind in (("changes", "Event"), ("access", "PortalAccess")):
        events: list[dict[str, Any]] = ask(portal, headers, view=view).json["events"]
        assert events
        for one in events:
            schema = described["components"]["schemas"][kind]
            assert set(one) == set(schema["required"]) == set(schema["properties"])


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("who=dana", ["who"]),
        ("what=x&from=2026-02-30", ["from", "what"]),
        ("network=10.0.0.1/8", ["network"]),
        ("cursor=x", ["cursor"]),
        ("cursor=AAAA", ["cursor"]),
        ("page=AAAA", ["page"]),
        ("who=1&who=2", ["who"]),
        ("view=access&what=add", ["what"]),
        ("view=all", ["view"]),
        ("who=%00", ["who"]),
        ("from=&to=%202026-01-02", ["from", "to"]),
        ("x=" + "y" * 3000, ["x"]),
    ],
)
def test_what_cannot_be_meant_is_said_by_parameter(
    portal: Portal, headers: dict[str, str], query: str, wrong: list[str]
) -> None:
    answer = portal.browser().get(f"{PATH}?{query}", headers=headers)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert sorted(one["parameter"] for one in answer.json["errors"]) == wrong
    assert all(one["detail"] for one in answer.json["errors"])


def test_another_account_is_never_told(portal: Portal, past: Past, headers: dict[str, str]) -> None:
    portal.set_list("192.0.2.0/24", account=portal.world.northwind)
    told = json.dumps([ask(portal, headers, **query).json for query in ({}, {"network": "192.0.2.0/24"})])
    assert "192.0.2.0/24" not in told
    assert ask(portal, headers, who=portal.world.users["ola"]).json["events"] == []


def test_only_its_own_scope_opens_it_and_ends_with_the_owner(portal: Portal, headers: dict[str, str]) -> None:
    for one in (token_of_dana(portal, STATE), {"Authorization": f"Bearer {portal.world.api_token}"}):
        answer = ask(portal, one)
        assert (answer.status, answer.json["error"]) == (403, "insufficient_scope")
    assert ask(portal, {}).status == 401
    with writing(portal.app) as connection:
        ENDS["made a member"](connection, portal.world.users["dana"])
    assert ask(portal, headers).status == 401
