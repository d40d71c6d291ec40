"""Texts and files that are made to cost, to break, or to get in unseen: an answer, in time, and nothing stored."""

from __future__ import annotations

import csv
import io
import time

import pytest
from werkzeug.test import TestResponse

from tests.support.client import BASE, Answer, Browser, Portal, refusal_of
from tests.support.hostile_imports import FILES, FORMULA, NET, TEXTS
from tests.support.imports import APPLY, PLAN, applies
from tests.support.quick import put_list, read_list

# The benchmarks measure each against 300 ms; here other tests run beside, and only what grows beyond all bounds fails.
PATIENCE_CPU_S = 1.0
ANSWERS = {200, 400, 409, 413, 422}


def sends(browser: Browser, path: str, *, text: str = "", file: bytes | None = None) -> TestResponse:
    """Send a text by the form or a file by its picker, with all that would let it act; the answer comes in time."""
    page = {"page": browser.identity, "csrf_token": browser.csrf_token(), "mode": "replace", "skip_errors": "1"}
    fields: dict[str, object] = {**page, "text": text, "version": "x", "digest": "x", "confirm_removals": "1"}
    if file is not None:
        fields["file"] = (io.BytesIO(file), "list.csv")
    headers = {"X-Forwarded-For": str(browser.address)}
    began = time.process_time()
    response = browser.client.post(path, data=fields, headers=headers, buffered=True)
    assert time.process_time() - began < PATIENCE_CPU_S
    response.request.environ["wsgi.input"].close()  # a large one is a temporary file of the test client's
    return response


@pytest.mark.parametrize("path", [PLAN, APPLY])
@pytest.mark.parametrize("name", FILES)
def test_it_is_answered_in_time_and_nothing_is_stored(portal: Portal, name: str, path: str) -> None:
    put_list(portal.app, portal.world.halden, "203.0.113.0/24", active=True)
    dana, before = portal.signed_in(), read_list(portal.app, portal.world.halden)
    answers = [sends(dana, path, file=FILES[name]), *([sends(dana, path, text=TEXTS[name])] if name in TEXTS else [])]
    assert ANSWERS.issuperset(answer.status_code for answer in answers)
    assert read_list(portal.app, portal.world.halden) == before


@pytest.mark.parametrize("name", ["one line", "unterminated quotes", "JSON 1,000 deep", "markup"])
def test_what_was_typed_is_there_again(portal: Portal, name: str) -> None:
    answer = Answer(sends(portal.signed_in(), PLAN, text=TEXTS[name]))
    assert answer.one("textarea[name=text]").get_text().rstrip("\n") == TEXTS[name].rstrip("\n")
    assert "<script>alert" not in answer.text


def test_a_megabyte_is_read_and_more_is_not(portal: Portal) -> None:
    dana = portal.signed_in()
    assert refusal_of(sends(dana, PLAN, text="x" * 1_000_000)) == "too_large"
    assert refusal_of(sends(dana, PLAN, file=b"x" * 1_000_000)) == "too_large"
    assert sends(dana, PLAN, text="x" * 1_100_000).status_code == 413
    assert sends(dana, PLAN, file=b"x" * 1_100_000).status_code == 413


def test_a_formula_in_a_comment_is_text_in_our_csv(portal: Portal) -> None:
    dana = portal.signed_in()
    assert applies(dana, f"{NET} # {FORMULA}\n192.0.2.9 # +1\n192.0.2.8 # @x\n192.0.2.7 # -2\n").status == 303
    rows = list(csv.DictReader(io.StringIO(dana.get(f"{BASE}/export?format=csv").text)))
    assert [row["comment"] for row in rows] == [f"'{FORMULA}", "'+1", "'@x", "'-2"]
