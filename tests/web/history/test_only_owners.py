"""Nobody but an owner of the account is told of an event: by no route, filter, file, cursor or program (R1, R15)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.api.test_tokens_end import ENDS
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.quick import events_of, writing
from webapp.domain.history_query import Cursor
from webapp.domain.token_scopes import HISTORY, READ, STATE, with_included
from webapp.runtime import clock
from webapp.storage import operators

SECRET, OFFICE, NEVER = "of Halden alone", "198.51.100.0/25", 2**31 - 1
API = ("/api/v1/history", "/api/v1/ip-allowlist")


@pytest.fixture
def event(portal: Portal) -> int:
    """An event of Mara's in Halden; Northwind has one of Ola's, too. Return Halden's."""
    for person, comment in (("ola", "Ours"), ("mara", SECRET)):
        fields = {"network": OFFICE, "comment": comment}
        assert portal.signed_in(person).post(f"{BASE}/networks", fields).status == 303
    return int(events_of(portal.app, portal.world.halden)[-1].id)


def routes(app: Flask, event_id: int) -> list[tuple[str, str]]:
    """Return all that can be asked of the section, and by which method, about that event."""
    adapter, rules = app.url_map.bind("localhost"), app.url_map.iter_rules()
    return sorted(
        (method, adapter.build(rule.endpoint, {"event_id": event_id} if rule.arguments else {}))
        for rule in rules
        if rule.endpoint.startswith("history.")
        for method in rule.methods or ()
    )


def queries(portal: Portal, event_id: int) -> Iterator[str]:
    """Yield what names somebody or something of Halden's: people, networks, moments, and places behind its events."""
    told = events_of(portal.app, portal.world.halden)[-1]
    ids = {0, event_id - 1, event_id, event_id + 1, NEVER}
    for view in ("changes", "access"):
        yield urlencode({"view": view})
        for person in ("dana", "mara", "sanne"):
            yield urlencode({"view": view, "who": portal.world.users[person]})
        yield urlencode({"view": view, "network": "198.51.100.0/24"})
        yield from (urlencode({"view": view, "page": Cursor(told.at, one).text}) for one in ids)
    yield from (urlencode({"as_of": one, "also": OFFICE, "account_id": portal.world.halden}) for one in ids)


def ask(browser: Browser, method: str, url: str) -> Answer:
    """Ask for it, with the fields that a form would send; nobody waits for the body of what has none."""
    if method == "POST":
        return browser.post(url, {"version": "x", "digest": "x", "then": "deactivate"})
    return Answer(browser.client.open(url, method=method, headers={"X-Forwarded-For": browser.address or ""}))


def tells(answer: Answer, event_id: int) -> bool:
    """Whether the answer says anything of the event."""
    return SECRET in answer.text or f'data-event="{event_id}"' in answer.text


@pytest.mark.parametrize("person", ["sanne", "ola", "nobody", *ENDS])
def test_no_route_of_the_section_tells_anybody_else(portal: Portal, event: int, person: str) -> None:
    browser = portal.browser() if person == "nobody" else portal.signed_in("mara" if person in ENDS else person)
    if person in ENDS:
        with writing(portal.app) as connection:
            ENDS[person](connection, portal.world.users["mara"])
    asked = [
        ask(browser, method, f"{url}?{query}")
        for method, url in routes(portal.app, event)
        for query in (queries(portal, event) if method == "GET" else [""])
    ]
    assert len(asked) > 50
    assert not [answer.text for answer in asked if tells(answer, event)]
    assert portal.list().entries[0].comment == SECRET


@pytest.mark.parametrize("person", ["sanne", "ola"])
def test_an_event_of_others_is_answered_as_one_that_never_was(portal: Portal, event: int, person: str) -> None:
    browser = portal.signed_in(person)
    for csrf in (None, "old"):
        for there, nowhere in zip(routes(portal.app, event), routes(portal.app, NEVER), strict=True):
            both = [
                browser.post(url, csrf=csrf) if method == "POST" else ask(browser, method, url)
                for method, url in (there, nowhere)
            ]
            said = [(one.status, re.sub(r"[0-9a-f]{16,}|\d{6,}", "", str(one.html.main))) for one in both]
            assert said[0] == said[1], there


def test_an_owner_is_told(portal: Portal, event: int) -> None:
    told = [ask(portal.signed_in(), method, url) for method, url in routes(portal.app, event) if method == "GET"]
    assert all(tells(answer, event) for answer in told)


def bearer(portal: Portal, account_id: int, owner: str, scope: str) -> dict[str, str]:
    """Make a token with no scope but that and what it includes; return the header that bears it."""
    with portal.app.app_context():
        made = operators.create_token(
            account_id, "CI", clock.now(), scopes=with_included([scope]), owner=f"{owner}@example.com"
        )
    return {"Authorization": f"Bearer {made}"}


@pytest.mark.parametrize("whose", ["another account's", "one to read", "one to change the list", *ENDS])
def test_no_token_but_one_of_the_account_for_history_is_told(portal: Portal, event: int, whose: str) -> None:
    world = portal.world
    of = {"another account's": (world.northwind, "ola", HISTORY), "one to read": (world.halden, "dana", READ)}
    headers = bearer(portal, *of.get(whose, (world.halden, "dana", HISTORY if whose in ENDS else STATE)))
    if whose in ENDS:
        with writing(portal.app) as connection:
            ENDS[whose](connection, world.users["dana"])
    asked = [
        portal.browser().get(f"{url}?{query.replace('page=', 'cursor=')}", headers=headers)
        for url in API
        for query in queries(portal, event)
        if url == API[0] or "as_of" in query
    ]
    assert not [answer.text for answer in asked if tells(answer, event) or f'"id":{event},' in answer.text]
    assert {answer.status for answer in asked} <= {200, 404, 422} if whose == "another account's" else {401, 403, 422}


def test_a_cursor_of_another_account_leads_into_ones_own(portal: Portal, event: int) -> None:
    headers = bearer(portal, portal.world.northwind, "ola", HISTORY)
    at = events_of(portal.app, portal.world.halden)[-1].at
    own = {one.id for one in events_of(portal.app, portal.world.northwind)}
    for one in (event, NEVER):
        told = portal.browser().get(f"{API[0]}?cursor={Cursor(at, one).text}", headers=headers).json["events"]
        assert told
        assert {found["id"] for found in told} <= own


def test_the_list_as_it_was_after_an_event_of_others_is_not_there(portal: Portal, event: int) -> None:
    headers = bearer(portal, portal.world.northwind, "ola", HISTORY)
    there, nowhere = (portal.browser().get(f"{API[1]}?as_of={one}", headers=headers) for one in (event, NEVER))
    assert there.status == nowhere.status == 404
    assert there.json == nowhere.json
