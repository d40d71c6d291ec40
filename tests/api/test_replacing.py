"""PUT of the IP allowlist by a program (R13, R14, R18); `webapp/api/replacing.py`."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from tests.api.test_tokens_end import ENDS, token_of_dana
from tests.storage.test_a_programs_change import sign_in
from tests.support.client import Answer, Portal
from tests.support.quick import events_of, writing
from tests.support.statements import before_writing, only_once, statements
from tests.support.world import ELSEWHERE, HOME
from webapp.domain.token_scopes import READ, STATE, WRITE
from webapp.storage.models import NetworkRow

URL = "/api/v1/ip-allowlist"
HOMES, OFFICES, LAB = "203.0.113.0/24", "198.51.100.0/24", "2001:db8::/32"
PROBLEM = {"type", "title", "status", "code", "detail"}


class Program:
    """A program with a token of Dana's, at an address that no list of the tests covers."""

    def __init__(self, portal: Portal, scope: str = WRITE) -> None:
        self.portal = portal
        self.token = token_of_dana(portal, scope)
        self.client = portal.app.test_client()

    def etag(self) -> str:
        """Return the tag of the list as it is now."""
        return self.read().headers["ETag"]

    def read(self, **headers: str) -> Answer:
        """GET the list."""
        return Answer(self.client.get(URL, headers=self.headers | headers))

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request."""
        return self.token | {"X-Forwarded-For": ELSEWHERE}

    def put(
        self,
        *networks: str | dict[str, Any],
        query: str = "",
        etag: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> Answer:
        """PUT these networks, with the tag of the present list."""
        entries = [{"network": one} if isinstance(one, str) else one for one in networks]
        body = json.dumps({"networks": entries} | more).encode()
        return self.put_bytes(body, query=query, etag=etag, headers=headers)

    def put_bytes(
        self, body: bytes, *, query: str = "", etag: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """PUT a body as it is."""
        sent = self.headers | {"If-Match": self.etag() if etag is None else etag, "Content-Type": "application/json"}
        sent = {name: value for name, value in (sent | (headers or {})).items() if value}
        response = self.client.put(URL + query, data=body, headers=sent)
        assert response.status_code < 500, response.text
        return Answer(response)


@pytest.fixture
def program(portal: Portal) -> Program:
    """A program; Halden's inactive list has two networks."""
    portal.set_list(HOMES, OFFICES, comment="before")
    return Program(portal)


@pytest.fixture
def active(portal: Portal, program: Program) -> Program:
    """A program; the list is active, and Dana has signed in from its first network."""
    sign_in(portal.app, portal.world, "dana", HOME)
    portal.force_active()
    return program


def check_problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """See that it is a problem document of that status and code; return it."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json
    assert set(document) - {"errors"} == PROBLEM
    assert (document["status"], document["code"]) == (status, code), document
    return document


def test_the_list_becomes_what_is_sent_and_the_answer_is_the_plan(portal: Portal, program: Program) -> None:
    kept = portal.id_of(HOMES)
    answer = program.put({"network": HOMES, "comment": "Home"}, {"network": "2001:DB8::/32", "comment": " Lab "}, HOMES)
    assert answer.status == 200
    assert portal.networks() == [LAB, HOMES]
    assert (portal.id_of(HOMES), portal.list().entries[1].comment) == (kept, "Home")
    assert answer.json["counts"] == {"add": 1, "change": 1, "keep": 0, "remove": 1, "repeat": 1}
    assert answer.json["lines"] == [
        {"kind": "change", "network": HOMES, "comment": "Home", "line": 1, "comment_before": "before"},
        {"kind": "add", "network": LAB, "comment": "Lab", "line": 2},
        {"kind": "repeat", "network": HOMES, "comment": "Home", "line": 3, "repeats": 1},
        {"kind": "remove", "network": OFFICES, "comment": "before"},
    ]
    assert (answer.json["changed"], answer.json["dry_run"], answer.json["state"]) == (True, False, "inactive")
    assert f'"{answer.json["revision"]}"' == program.etag()


def test_a_dry_run_tells_the_same_plan_and_changes_nothing(portal: Portal, program: Program) -> None:
    before, etag = portal.list(), program.etag()
    tried = program.put(HOMES, LAB, query="?dry_run=1")
    assert (portal.list(), program.etag()) == (before, etag)
    assert f'"{tried.json["revision"]}"' == etag
    made = program.put(HOMES, LAB, etag=etag)
    differing = {"dry_run", "revision"}
    assert {**tried.json, **dict.fromkeys(differing)} == {**made.json, **dict.fromkeys(differing)}
    assert (tried.json["dry_run"], made.json["dry_run"]) == (True, False)


def test_what_changes_nothing_is_no_event_and_keeps_the_tag(portal: Portal, program: Program) -> None:
    etag, events = program.etag(), len(events_of(portal.app, portal.world.halden))
    answer = program.put(OFFICES, HOMES)
    assert (answer.status, answer.json["changed"], answer.json["counts"]["keep"]) == (200, False, 2)
    assert (program.etag(), len(events_of(portal.app, portal.world.halden))) == (etag, events)


def test_what_was_read_can_be_sent_back(portal: Portal, program: Program) -> None:
    portal.set_list(HOMES, OFFICES, comment="=Süd “1”")
    answer = program.put_bytes(program.read().text.encode())
    assert (answer.status, answer.json["changed"]) == (200, False)


def test_without_the_tag_of_the_list_nothing_is_asked_of_it(program: Program) -> None:
    for etag in ("", "*"):
        document = check_problem(program.put(LAB, etag=etag), 428, "precondition_required")
        assert "If-Match" in document["detail"]


def test_another_list_than_was_read_is_412(portal: Portal, program: Program) -> None:
    etag = program.etag()
    portal.set_list(HOMES)
    for stale in (etag, '"x"', "garbage", f"{etag}, W/{etag}"):
        for query in ("", "?dry_run=1"):
            check_problem(program.put(LAB, etag=stale, query=query), 412, "stale")
    assert portal.networks() == [HOMES]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'])
def test_the_tag_may_be_one_of_several_or_weakened_by_a_proxy(program: Program, form: str) -> None:
    assert program.put(LAB, etag=form.format(program.etag())).status == 200


def test_two_programs_that_read_the_same_list_do_not_overwrite_each_other(portal: Portal, program: Program) -> None:
    etag = program.etag()
    assert program.put(HOMES, LAB, etag=etag).status == 200
    check_problem(program.put(HOMES, "192.0.2.0/24", etag=etag), 412, "stale")
    assert portal.networks() == [LAB, HOMES]


def test_every_entry_in_error_is_named_and_nothing_is_changed(portal: Portal, program: Program) -> None:
    answer = program.put("203.0.113.7/24", HOMES, OFFICES, {"network": LAB, "paused": True})
    document = check_problem(answer, 422, "has_errors")
    assert [(one["line"], one["pointer"], one["code"]) for one in document["errors"]] == [
        (1, "#/networks/0", "host_bits"),
        (4, "#/networks/3", "unknown_key"),
    ]
    assert document["errors"][0]["corrections"] == [HOMES, "203.0.113.7/32"]
    assert portal.networks() == [OFFICES, HOMES]


def test_an_entry_that_contradicts_another_is_an_error(program: Program) -> None:
    answer = program.put({"network": LAB, "comment": "a"}, {"network": LAB, "comment": "b"})
    [error] = check_problem(answer, 422, "has_errors")["errors"]
    assert (error["line"], error["code"]) == (2, "conflict")


def test_what_no_list_could_take_is_said_before_any_list_is_looked_at(portal: Portal, program: Program) -> None:
    with statements(portal.app) as log:
        check_problem(program.put("203.0.113.7/24", etag='"x"'), 422, "has_errors")
    assert len(log) == 1, log


def test_a_very_wide_network_needs_a_yes(portal: Portal, program: Program) -> None:
    [error] = check_problem(program.put(HOMES, "0.0.0.0/0"), 422, "confirm_wide")["errors"]
    assert (error["line"], error["code"]) == (2, "confirm_wide")
    assert program.put(HOMES, "0.0.0.0/0", query="?confirm_wide=1").status == 200
    assert "0.0.0.0/0" in portal.networks()


def test_the_owners_are_not_left_out_unless_that_is_acknowledged(portal: Portal, active: Program) -> None:
    for query in ("", "?dry_run=1", "?acknowledge_lockout=0"):
        check_problem(active.put(OFFICES, query=query), 409, "leaves_owners_out")
    assert active.put(OFFICES, query="?acknowledge_lockout=true&dry_run=1").status == 200
    assert portal.networks() == [OFFICES, HOMES]
    assert active.put(OFFICES, query="?acknowledge_lockout=true").status == 200
    assert (portal.networks(), portal.list().active) == ([OFFICES], True)


def test_an_active_list_never_becomes_empty_an_inactive_one_may(portal: Portal, active: Program) -> None:
    check_problem(active.put(query="?acknowledge_lockout=true"), 409, "leaves_nobody_in")
    portal.set_list(HOMES)
    assert active.put().status == 200
    assert portal.networks() == []


def test_the_state_stays_unless_the_token_may_change_it(portal: Portal, active: Program) -> None:
    assert active.put(HOMES, LAB, state="active").json["state"] == "active"
    check_problem(active.put(HOMES, state="inactive"), 403, "insufficient_scope")
    check_problem(active.put(HOMES, state="inactive", query="?dry_run=1"), 403, "insufficient_scope")
    assert (portal.list().active, portal.networks()) == (True, [LAB, HOMES])
    assert Program(portal, STATE).put(HOMES, state="inactive").json["state"] == "inactive"
    assert (portal.list().active, portal.networks()) == (False, [HOMES])


def test_a_token_that_may_activates_what_lets_an_owner_in(portal: Portal, program: Program) -> None:
    sign_in(portal.app, portal.world, "dana", HOME)
    may = Program(portal, STATE)
    check_problem(may.put(OFFICES, state="active"), 409, "leaves_owners_out")
    check_problem(may.put(state="active"), 409, "leaves_nobody_in")
    assert may.put(HOMES, state="active").status == 200
    assert portal.list().active


def test_the_page_says_since_when_and_by_which_program_the_list_is_in_effect(portal: Portal, program: Program) -> None:
    sign_in(portal.app, portal.world, "dana", HOME)
    may = Program(portal, STATE)
    for state in ("active", "inactive", "active"):
        assert may.put(HOMES, state=state).status == 200
    assert may.put(HOMES, OFFICES, state="active").status == 200
    kinds = [event.kind for event in events_of(portal.app, portal.world.halden)]
    assert kinds[-4:] == ["activate", "deactivate", "activate", "import"]
    for person, name in (("mara", "Dana Kessler"), ("dana", "you")):
        head = portal.signed_in(person).page().one("#allowlist-head").get_text()
        assert re.search(rf'In effect since .* UTC, by {name} \(API token "CI"\)\.', head), head


def test_a_token_that_may_read_only_changes_nothing(portal: Portal, program: Program) -> None:
    program.token = {"Authorization": f"Bearer {portal.world.api_token}"}
    for reader in (Program(portal, READ), program):
        answer = reader.put(LAB)
        document = check_problem(answer, 403, "insufficient_scope")
        assert WRITE in document["detail"]
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert portal.networks() == [OFFICES, HOMES]


def test_without_a_token_a_program_is_answered_401_as_a_problem(program: Program) -> None:
    for wrong in ("", "Bearer wrong"):
        answer = program.put(LAB, etag='"x"', headers={"Authorization": wrong})
        check_problem(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_too_many_wrong_tokens_are_429_as_a_problem(program: Program) -> None:
    wrong = {"Authorization": "Bearer wrong"}
    statuses = [program.put(LAB, etag='"x"', headers=wrong).status for _ in range(51)]
    assert (statuses[49], statuses[50]) == (401, 429)
    check_problem(program.put(LAB, etag='"x"', headers=wrong), 429, "too_many_requests")
    assert program.put(LAB).status == 200


@pytest.mark.parametrize("how", ENDS)
def test_whoever_stops_being_an_owner_before_the_lock_is_held_changes_nothing(
    portal: Portal, program: Program, how: str
) -> None:
    etag = program.etag()

    def end() -> None:
        with writing(portal.app) as connection:
            ENDS[how](connection, portal.world.users["dana"])

    with before_writing(portal.app, only_once(end)):
        answer = program.put(LAB, etag=etag)
    check_problem(answer, 401, "unauthorized")
    assert portal.networks() == [OFFICES, HOMES]


def test_a_list_that_cannot_be_read_is_503_as_a_problem(portal: Portal, program: Program) -> None:
    etag = program.etag()
    with writing(portal.app) as connection:
        connection.execute(sa.update(NetworkRow).where(NetworkRow.network == HOMES).values(network="203.0.113.9/24"))
    response = program.client.put(
        URL, json={"networks": [{"network": LAB}]}, headers=program.headers | {"If-Match": etag}
    )
    check_problem(Answer(response), 503, "service_unavailable")
    assert response.headers["Retry-After"] == "5"


def test_the_list_does_not_restrict_programs_and_ends_nobodys_session(portal: Portal, active: Program) -> None:
    dana = portal.signed_in()
    assert active.put(HOMES, LAB).status == 200
    assert dana.get("/").status == 200


def test_the_event_names_the_token_its_owner_and_the_address(portal: Portal, program: Program) -> None:
    program.put(LAB)
    event = events_of(portal.app, portal.world.halden)[-1]
    assert (event.kind, event.actor, event.user_id, event.address) == (
        "import",
        'Dana Kessler (API token "CI")',
        portal.world.users["dana"],
        ELSEWHERE,
    )
    [entry] = portal.list().entries
    assert (entry.added_by, entry.added_by_id) == (event.actor, event.user_id)


def test_who_has_the_list_already_is_answered_304(portal: Portal, program: Program) -> None:
    etag = program.etag()
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = program.read(**{"If-None-Match": known})
        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", etag)
    assert program.read(**{"If-None-Match": '"other"'}).status == 200
    portal.set_list(HOMES)
    assert program.read(**{"If-None-Match": etag}).status == 200


def test_a_thousand_networks_go_in_and_stay_by_few_statements(portal: Portal, program: Program) -> None:
    many = [f"10.{number // 250}.{number % 250}.0/24" for number in range(1_000)]
    assert program.put(*many).json["counts"]["add"] == 1_000
    with statements(portal.app) as log:
        assert program.put(*reversed(many), etag=f'"{portal.list().revision}"').json["counts"]["keep"] == 1_000
    assert len(log) < 12, log
