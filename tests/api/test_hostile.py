"""What a program may send by mistake or on purpose: always an answer below 500, soon, and nothing stored."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.api.test_replacing import HOMES, LAB, URL, Program, check_problem
from tests.support.client import Answer, Portal
from tests.support.statements import before_writing
from tests.web.test_large_texts import SLOW_S, Slow
from webapp.config import MAX_BODY, MAX_LARGE_BODY
from webapp.storage.engine.deadlines import REQUEST_BUDGET_S, time_left

SOON_S = 1.0  # a budget of 0.3 s is measured by proofs: other tests run beside this one


@pytest.fixture
def program(portal: Portal) -> Program:
    """A program; Halden's inactive list has one network."""
    portal.set_list(HOMES)
    return Program(portal)


def of(networks: Any, **more: Any) -> bytes:
    """Return a body with these networks."""
    return json.dumps({"networks": networks} | more).encode()


BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "json"),
    "no JSON": (b"network=203.0.113.0/24", 400, "json"),
    "JSON and more": (b'{"networks": []} x', 400, "json"),
    "cut off": (b'{"networks": [{"network": "203', 400, "json"),
    "not a number": (b'{"networks": [NaN]}', 400, "json"),
    "Latin-1": (b'{"networks": [{"network": "192.0.2.1", "comment": "S\xfcd"}]}', 400, "encoding"),
    "UTF-16": ('{"networks": []}'.encode("utf-16"), 400, "encoding"),
    "a bomb": (b"[" * 200_000, 400, "json_depth"),
    "an unfinished bomb of objects": (b'{"networks":' * 80_000, 400, "json_depth"),
    "a deep bomb that ends": (b'{"networks": ' + b"[" * 1_000 + b"]" * 1_000 + b"}", 400, "json_depth"),
    "a key twice": (b'{"networks": [], "networks": []}', 400, "duplicate_key"),
    "a key twice in an entry": (b'{"networks": [{"network": "::1", "network": "::2"}]}', 400, "duplicate_key"),
    "many keys, the last of them twice": (
        json.dumps({"networks": [{str(n): 0 for n in range(60_000)}]})[:-3].encode() + b', "9": 0}]}',
        400,
        "duplicate_key",
    ),
    "an array": (b"[]", 422, "type"),
    "a text": (b'"203.0.113.0/24"', 422, "type"),
    "null": (b"null", 422, "type"),
    "no networks": (b'{"state": "active"}', 422, "required"),
    "a text of networks": (of("203.0.113.0/24"), 422, "type"),
    "networks by name": (of({"203.0.113.0/24": "Home"}), 422, "type"),
    "another key": (of([], mode="add"), 422, "unknown_key"),
    "a very long key": (of([], **{"x" * 300_000: 1}), 422, "unknown_key"),
    "many other keys": (of([], **{f"x{n}": 1 for n in range(50_000)}), 422, "unknown_key"),
    "a state that is none": (of([], state="on"), 422, "state"),
    "a state that is no text": (of([], state=True), 422, "state"),
    "a state in an array": (of([], state=["active"]), 422, "state"),
    "1,001 entries": (of([{"network": LAB}] * 1_001), 422, "too_many_networks"),
    "300,000 entries": (of([0] * 300_000), 422, "too_many_networks"),
    "texts": (of([LAB]), 422, "has_errors"),
    "numbers": (of([{"network": 5}, {"network": 1.5}, {"network": 3232235777}]), 422, "has_errors"),
    "a huge number": (b'{"networks": [{"network": ' + b"9" * 500_000 + b"}]}", 422, "has_errors"),
    "a huge exponent": (b'{"networks": [{"network": 1e999999999}]}', 422, "has_errors"),
    "a NUL": (of([{"network": "192.0.2.1\0"}, {"network": LAB, "comment": "\0"}]), 422, "has_errors"),
    "half a character": (of([{"network": "\ud800"}, {"network": LAB, "comment": "\udcff"}]), 422, "has_errors"),
    "right to left": (of([{"network": LAB, "comment": "\u202eten"}]), 422, "has_errors"),
    "a very long network": (of([{"network": "1" * 900_000}]), 422, "has_errors"),
    "a very long comment": (of([{"network": LAB, "comment": "x" * 900_000}]), 422, "has_errors"),
    "an entry with a deep value": (of([{"network": LAB, "comment": [[[[{}]]]]}]), 422, "has_errors"),
    "1,000 nearly networks": (of([{"network": "203.0.113.1-203.0.113.254"}] * 1_000), 422, "has_errors"),
    "an end": (of([{"network": LAB, "ends_at": None}]), 422, "has_errors"),
    "a pause": (of([{"network": LAB, "paused": False}]), 422, "has_errors"),
    "too large": (of([], x="x" * MAX_LARGE_BODY), 413, "too_large"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_a_problem_and_stores_nothing(portal: Portal, program: Program, name: str) -> None:
    body, status, code = BODIES[name]
    began = time.perf_counter()
    document = check_problem(program.put_bytes(body), status, code)
    assert time.perf_counter() - began < SOON_S
    assert len(json.dumps(document)) < 400_000
    assert portal.networks() == [HOMES]


@pytest.mark.parametrize(
    ("key", "pointer"),
    [
        ("mode", "#/mode"),
        ("a/b~c", "#/a~1b~0c"),
        ("ü %", "#/%C3%BC%20%25"),
        ("\ud800", "#/%3F"),
        ("x" * 61, "#"),
    ],
)
def test_a_key_that_is_not_known_is_pointed_at(program: Program, key: str, pointer: str) -> None:
    [error] = check_problem(program.put_bytes(of([], **{key: 1})), 422, "unknown_key")["errors"]
    assert error["pointer"] == pointer


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "text/plain"}, 415, "media_type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "media_type"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415, "media_type"),
        ({"Content-Type": ""}, 415, "media_type"),
        ({"Content-Encoding": "gzip"}, 415, "media_type"),
        ({"If-Match": "\u00ff" * 3_000}, 412, "stale"),
        ({"If-Match": ',,,"'}, 428, "precondition_required"),
    ],
)
def test_hostile_headers_are_a_problem(
    portal: Portal, program: Program, headers: dict[str, str], status: int, code: str
) -> None:
    check_problem(program.put_bytes(of([{"network": LAB}]), headers=headers), status, code)
    assert portal.networks() == [HOMES]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?dryrun=1", "unknown_parameter"),
        ("?dry_run=1&as_of=3", "unknown_parameter"),
        ("?%ff=1", "unknown_parameter"),
        ("?dry_run=yes", "parameter"),
        ("?dry_run=", "parameter"),
        ("?dry_run=1&dry_run=0", "parameter"),
        ("?acknowledge_lockout=TRUE", "parameter"),
    ],
)
def test_a_misspelt_question_is_no_order(portal: Portal, program: Program, query: str, code: str) -> None:
    check_problem(program.put(LAB, query=query), 422, code)
    assert portal.networks() == [HOMES]


def test_the_type_may_name_its_character_set(program: Program) -> None:
    assert program.put(LAB, headers={"Content-Type": "application/json; charset=utf-8"}).status == 200


class Body:
    """A body that says how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left, self.taken = size, 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        taken = self.left if size < 0 else min(size, self.left)
        self.left, self.taken = self.left - taken, self.taken + taken
        return b" " * taken


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "read"])
def test_nothing_is_read_of_whoever_may_not_write(portal: Portal, authorization: str) -> None:
    body, reader = Body(MAX_LARGE_BODY), {"Authorization": f"Bearer {portal.world.api_token}"}
    headers = reader if authorization == "read" else {"Authorization": authorization}
    overrides = {"wsgi.input": body, "CONTENT_LENGTH": str(MAX_LARGE_BODY), "CONTENT_TYPE": "application/json"}
    client = portal.app.test_client()
    answer = Answer(client.put(URL, headers=headers | {"If-Match": '"x"'}, environ_overrides=overrides))
    assert (answer.status in {401, 403}, body.taken) == (True, 0)


def test_the_time_that_a_body_takes_to_come_in_is_not_the_databases(portal: Portal, program: Program) -> None:
    left: list[float] = []
    body = of([{"network": LAB}])
    headers = program.headers | {"If-Match": program.etag()}
    slow = {"wsgi.input": Slow(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"}
    with before_writing(portal.app, lambda: left.append(time_left())):
        assert program.client.put(URL, headers=headers, environ_overrides=slow).status_code == 200
    assert left[0] > REQUEST_BUDGET_S - SLOW_S / 2


def test_only_the_one_route_takes_so_much(portal: Portal, program: Program) -> None:
    spaces = b" " * (MAX_BODY + 1)
    assert program.put_bytes(of([{"network": LAB}]) + spaces).status == 200
    url = "/account/settings/ip-allowlist/networks"
    assert portal.signed_in().client.post(url, data={"network": "x" * MAX_BODY}).status_code == 413
