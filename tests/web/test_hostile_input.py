"""Whatever a form sends: never a 500, nothing changed, and the person sees why with the text still there."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.client import BASE, Browser, Portal
from tests.support.forms import press
from tests.support.quick import start_session
from tests.support.world import HOME
from webapp.domain.allowlist import Allowlist
from webapp.domain.comment import MAX_COMMENT
from webapp.domain.text import printable

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "network.json").read_text(encoding="utf-8")
)["vectors"]
# A form can only send text; the vectors of error "type" are for callers of the parser.
TYPED = [vector for vector in VECTORS if isinstance(vector["input"], str) and vector.get("error") != "type"]
# A browser cannot send half of a surrogate pair: it sends U+FFFD, which is as little a network.
SENT = {vector["id"]: re.sub("[\ud800-\udfff]", "\ufffd", vector["input"]) for vector in TYPED}
HOSTILE = [
    "\0",
    "\ufffd",
    "a" * 15_000,
    "a" * 70_000,
    "-1",
    "2" * 40,
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "../..",
    "\u202e",
    "<script>",
    "\r\nX: y",
]
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="network"; filename="a"\r\n\r\n10.0.0.0/8\r\n--x--\r\n'
FIELDS = (
    "network",
    "comment",
    "version",
    "then",
    "confirm_wide",
    "scope",
    "add_current",
    "token",
    "operation",
    "use",
    "wide",
)
IDS = ("0", "1", "2147483648", "9223372036854775808", "9" * 60)
ENTRY = f"{HOME}/32"


@pytest.fixture
def dana(portal: Portal) -> Browser:
    """Dana, signed in at home, with an active list that covers her."""
    portal.set_list("198.51.100.0/24", ENTRY, active=True)
    session = start_session(portal.app, portal.world.halden, portal.world.users["dana"], HOME)
    return Browser(portal.app, HOME, session)


def paths(portal: Portal) -> list[str]:
    """Return every POST under B, for the listed network and for ids that are none."""
    rows = [f"/networks/{number}{verb}" for number in (portal.id_of(ENTRY), *IDS) for verb in ("", "/delete")]
    return ["/networks", "/networks/current", "/networks/restore", "/activate", "/deactivate", *rows]


def good(portal: Portal, **fields: str) -> dict[str, str]:
    """Return the fields of a form that would be refused only for what `fields` say."""
    present = portal.list()
    version = portal.version_of(ENTRY)
    return {"network": "192.0.2.1", "comment": "", "version": version, "token": present.revision} | fields


def check(answers: list[TestResponse], before: Allowlist, portal: Portal) -> None:
    """Every answer is the user's mistake, and nothing has changed."""
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {400, 404, 409, 413, 415, 422}, statuses
    assert portal.list() == before


def test_every_malformed_network_is_refused_beside_the_field_with_its_text_kept(portal: Portal) -> None:
    dana = portal.signed_in()
    for vector in TYPED:
        sent = SENT[vector["id"]]
        if vector["result"] != "error" or len(sent) > 16_000:  # A form that long is refused as a whole.
            continue
        answer = dana.post(f"{BASE}/networks", {"network": sent, "comment": "kept"}, htmx=True)
        assert (answer.status, answer.errors) == (422, [vector["error"]]), vector
        field = answer.one("#add-network")
        # HTML's parser reads a line feed in an attribute as it is, a carriage return as a line feed.
        assert str(field["value"]).replace("\r", "\n") == printable(sent).replace("\r", "\n"), vector
        assert field["aria-describedby"] == "add-network-error"
        assert answer.one("#add-comment")["value"] == "kept"
    assert portal.networks() == []


def test_every_suggestion_is_a_button_that_works(portal: Portal) -> None:
    dana, pressed = portal.signed_in(), 0
    for vector in TYPED:
        if not vector.get("suggest"):
            continue
        answer = dana.post(f"{BASE}/networks", {"network": vector["input"], "comment": "kept"}, htmx=True)
        buttons = answer.all("#add-network-error button[name=use]")
        assert set(vector["suggest"]) <= {str(button["value"]) for button in buttons}, vector
        for button in buttons:
            suggestion = str(button["value"])
            assert button.get_text() == f"Add {suggestion}"
            added = press(dana, answer, button)  # each of them, from one and the same answer
            if added.errors == ["confirm_wide"]:
                added = press(dana, added, added.one("button[name=confirm_wide]"))
            assert added.status == 303 or added.errors == ["duplicate"], (vector, suggestion)
            pressed += 1
    assert pressed >= 10
    assert {entry.comment for entry in portal.list().entries} == {"kept"}


def test_every_accepted_network_is_stored_in_canonical_form(portal: Portal) -> None:
    dana = portal.signed_in()
    stored: set[str] = set()
    for vector in (vector for vector in TYPED if vector["result"] == "ok"):
        answer = dana.post(f"{BASE}/networks", {"network": vector["input"], "confirm_wide": "1"})
        if vector["canonical"] in stored:
            assert answer.errors == ["duplicate"], vector
        else:
            assert answer.status == 303, vector
        stored.add(vector["canonical"])
    assert set(portal.networks()) == stored


def test_hostile_values_in_any_field_of_any_form_change_nothing(portal: Portal, dana: Browser) -> None:
    """Two fields get every value; the others get every fortieth, each beginning with another one."""
    before, start = portal.list(), itertools.cycle(range(40))
    listed, unlisted = good(portal), good(portal, network="nonsense")
    inputs = [*HOSTILE, *(SENT[vector["id"]] for vector in TYPED if vector["result"] == "error")]
    answers = []
    for path in (path for path in paths(portal) if path != "/deactivate"):  # It reads no such field and would act.
        for name in FIELDS:
            every = name in ("network", "operation") and path == "/networks"
            for value in inputs if every else inputs[next(start) :: 40]:
                fields = dict(unlisted if path == "/networks" and name != "network" else listed)
                if path.endswith((f"{portal.id_of(ENTRY)}", "/networks/current")) and name != "operation":
                    fields["comment"] = "x" * (MAX_COMMENT + 1)
                answer = dana.send(BASE + path, fields | {name: value})
                if answer.status_code != 303:
                    answers.append(answer)
                elif path != "/networks/current":  # Her address is covered: there is nothing to add, whatever is sent.
                    pytest.fail(f"{path} accepted {name}={value[:40]!r}")
    check(answers, before, portal)
    assert len(answers) > 300


def test_missing_and_repeated_fields_change_nothing(portal: Portal, dana: Browser) -> None:
    before, answers = portal.list(), []
    for path in paths(portal):
        if path != "/deactivate":
            bare = dana.send(BASE + path)
            if path != "/networks/current" or bare.status_code != 303:
                answers.append(bare)
        twice: dict[str, Any] = good(portal) | {"comment": ["a", "b"], "csrf_token": dana.csrf_token()}
        answers.append(dana.client.post(BASE + path, data=twice, headers={"X-Forwarded-For": HOME}))
    check(answers, before, portal)


def test_bodies_that_are_no_forms_change_nothing(portal: Portal, dana: Browser) -> None:
    before, answers = portal.list(), []
    token = {"X-CSRFToken": dana.csrf_token(), "X-Forwarded-For": HOME}
    bodies: list[dict[str, Any]] = [
        {"json": {"network": ["10.0.0.0", 8], "comment": True}},
        {"data": b"network=10.0.0.0/8", "content_type": "text/plain"},
        {"data": b"\xff\xfe\x00network", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"network=%ff%00%ed%a0%80", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": MULTIPART, "content_type": "multipart/form-data; boundary=x"},
        {"data": b"network=" + b"1" * 15_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": b"comment=" + b"1" * 3_000_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": b"&".join(b"a%d=1" % number for number in range(5_000)), "content_type": "multipart/form-data"},
    ]
    for path in paths(portal):
        if path not in {"/deactivate", "/networks/current"}:
            answers += [dana.client.post(BASE + path, headers=token, **body) for body in bodies]
    check(answers, before, portal)


def test_fifteen_thousand_characters_in_the_field_are_too_long_and_still_there(portal: Portal) -> None:
    dana, text = portal.signed_in(), "1" * 15_000
    answer = dana.post(f"{BASE}/networks", {"network": text}, htmx=True)
    assert (answer.status, answer.errors) == (422, ["too_long"])
    assert answer.one("#add-network")["value"] == text


def test_a_foreign_id_is_not_found_and_not_changed(portal: Portal, dana: Browser) -> None:
    portal.set_list("192.0.2.0/24", account=portal.world.northwind)
    entry = portal.list(portal.world.northwind).entries[0]
    fields = {"network": "10.0.0.0/8", "comment": "", "version": entry.version}
    for verb in ("", "/delete"):
        assert dana.send(f"{BASE}/networks/{entry.id}{verb}", fields).status_code == 404
    for verb in ("", "/edit", "/delete"):
        assert dana.fetch(f"{BASE}/networks/{entry.id}{verb}").status_code == 404
    assert portal.list(portal.world.northwind).entries == (entry,)


def test_hostile_queries_are_answered(portal: Portal, dana: Browser, htmx: bool) -> None:
    for value in ("%00", "%ff", "-1", "0", "9" * 30, "x" * 5_000, "%0d%0aX:%20y", "<script>", "203.0.113.9"):
        for name in ("q", "filter", "sort", "page", "keep"):
            assert dana.fetch(f"{BASE}?{name}={value}", htmx=htmx).status_code == 200
        assert dana.fetch(f"{BASE}/check?address={value}").status_code == (200 if value == "203.0.113.9" else 422)
        assert dana.fetch(f"/session?version={value}").status_code == 200
        assert dana.fetch(f"/login?next={value}").status_code == 200
