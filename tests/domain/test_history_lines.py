"""History as files and commands write it; `webapp/domain/history_lines.py`."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from webapp.domain.history_lines import columns, csv_lines, done, values

OFFICE = {"id": 1, "network": "192.0.2.0/24", "comment": "Office"}
HOME = {"id": 2, "network": "2001:db8::/48", "comment": ""}
OF_LIST: dict[str, Any] = {"revision": "", "networks": []}


def state(*networks: dict[str, Any], active: bool = False) -> dict[str, Any]:
    """The state of a list, as an event keeps it."""
    return {"active": active, "revision": "9b1deb4d3b7d4bad", "networks": list(networks)}


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("add", state(), state(OFFICE), ["added 192.0.2.0/24 (Office)"]),
        ("activate", state(), state(HOME, active=True), ["added 2001:db8::/48", "activated the list"]),
        (
            "edit",
            state(OFFICE),
            state(OFFICE | {"network": HOME["network"]}),
            ["changed 192.0.2.0/24 to 2001:db8::/48"],
        ),
        (
            "edit",
            state(OFFICE),
            state(OFFICE | {"comment": "Depot"}),
            ["changed the comment of 192.0.2.0/24 from “Office” to “Depot”"],
        ),
        ("edit", state(OFFICE), state(OFFICE | {"comment": ""}), ["removed the comment of 192.0.2.0/24 (Office)"]),
        ("repair", {"unreadable": [], **state()}, state(), ["deleted from the list what could not be read"]),
        ("account_create", OF_LIST, OF_LIST | {"account": {"name": "Halden"}}, ["opened the account Halden"]),
        ("session_end_all", OF_LIST, OF_LIST, ["signed everybody out"]),
    ],
)
def test_what_was_done_is_said_in_words(
    kind: str, before: dict[str, Any], after: dict[str, Any], said: list[str]
) -> None:
    assert list(done(kind, before, after)) == said


def event(**facts: Any) -> dict[str, Any]:
    """An event, as programs are told it."""
    told = {"id": 17, "at": "2026-10-02T12:00:00+00:00", "kind": "add", "who": "Dana Kessler", "user_id": 1}
    told |= {"door": "page", "address": "192.0.2.9", "done": ["added 192.0.2.0/24 (Office)"]}
    return told | {"before": state(), "after": state(OFFICE, HOME, active=True)} | facts


def test_an_event_is_one_line_under_its_columns() -> None:
    line = dict(zip(columns("changes"), values("changes", event()), strict=True))
    assert (line["who"], line["door"], line["address"], line["event"]) == ("Dana Kessler", "page", "192.0.2.9", "17")
    assert (line["networks_before"], line["networks_after"]) == ("", "192.0.2.0/24 2001:db8::/48")
    assert (line["active_before"], line["active_after"]) == ("inactive", "active")


def test_what_is_not_known_is_empty() -> None:
    line = dict(zip(columns("changes"), values("changes", event(door=None, before=OF_LIST)), strict=True))
    assert (line["door"], line["active_before"]) == ("", "")


def test_a_name_that_looks_like_a_formula_is_a_text() -> None:
    text = csv_lines([columns("changes"), values("changes", event(who='=1+1,"x"', done=["@a", "b"]))])
    _, line = csv.reader(io.StringIO(text))
    assert (line[1], line[5]) == ('\'=1+1,"x"', "'@a; b")
