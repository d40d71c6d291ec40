"""What a flood of refused requests leaves in the log: a few lines a minute, and how many there were."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from webapp.domain.few_lines import EACH, KINDS, FewLines
from webapp.runtime.logs import Few

NOON = 1_800_000_000
OTHERS = ("blocked", None, "others")


def kind(client: int) -> tuple[Any, ...]:
    return ("blocked", 7, f"2001:db8::{client:x}")


def test_the_first_few_lines_of_a_kind_are_written_and_the_others_counted() -> None:
    lines = FewLines()
    assert lines.begin(1) == {}
    assert [lines.is_written(kind(1), OTHERS) for _ in range(EACH + 5)] == [True] * EACH + [False] * 5
    assert lines.is_written(kind(2), OTHERS)
    assert lines.begin(1) == {}
    assert lines.begin(2) == {kind(1): 5}
    assert lines.is_written(kind(1), OTHERS)
    assert lines.begin(9) == {}


def test_whoever_has_many_addresses_has_no_more_lines_than_many_people() -> None:
    lines = FewLines()
    lines.begin(1)
    written = sum(lines.is_written(kind(client), OTHERS) for client in range(10_000) for _ in range(2))
    assert written == 2 * KINDS + EACH
    assert lines.begin(2) == {OTHERS: 2 * (10_000 - KINDS) - EACH}


def test_what_strangers_ask_for_leaves_room_for_the_lines_of_others() -> None:
    lines = FewLines()
    lines.begin(1)
    for client in range(10_000):
        lines.is_written(("request", None, client), ("request", None, "others"))
    assert all(lines.is_written(kind(client), OTHERS) for client in range(KINDS))


class Kept(logging.Handler):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(vars(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """The portal's log with what production filters it by."""
    handler, logger = Kept(), logging.getLogger("portal")
    handler.addFilter(Few())
    level, disabled = logger.level, logger.disabled
    logger.setLevel(logging.INFO)
    logger.disabled = False  # by a test that has configured gunicorn's logs in this process
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)
    logger.disabled = disabled


def say(kept: Kept, second: int, event: str, **fields: Any) -> bool:
    """Log a line at a moment; return whether it is written."""
    record = logging.LogRecord("portal", logging.INFO, "", 0, event, None, None)
    record.created = NOON + second
    vars(record).update({"event": event, "user": None, "client": "198.51.100.7"} | fields)
    return bool(kept.handle(record))


REFUSED: list[dict[str, Any]] = [
    {"event": "request", "status": 403, "user": 7},
    {"event": "request", "status": 200},
    {"event": "request", "status": 303},
    {"event": "request", "status": 401},
    {"event": "request", "status": 429},
    {"event": "blocked", "user": 7, "outcome": "signed_out"},
    {"event": "refused", "outcome": "csrf"},
    {"event": "sign_in", "outcome": "throttled"},
]
ALWAYS: list[dict[str, Any]] = [
    {"event": "request", "status": 200, "user": 7},
    {"event": "request", "status": 303, "user": 7},
    {"event": "request", "status": 503},
    {"event": "change", "outcome": "delete", "user": 7},
    {"event": "sign_in", "outcome": "wrong"},
    {"event": "sign_in", "outcome": "in", "user": 7},
    {"event": "unavailable", "outcome": "Unavailable"},
    {"event": "server"},
]


@pytest.mark.parametrize("said", REFUSED, ids=str)
def test_refusals_are_few(kept: Kept, said: dict[str, Any]) -> None:
    assert sum(say(kept, second, **said) for second in range(50)) == EACH
    assert say(kept, 60, "change")
    counted = [(line["of"], line["user"], line["client"], line["lines"]) for line in kept.lines if "of" in line]
    assert counted == [(said["event"], said.get("user"), "198.51.100.7", 50 - EACH)]


@pytest.mark.parametrize("said", ALWAYS, ids=str)
def test_what_changes_anything_and_what_fails_is_always_written(kept: Kept, said: dict[str, Any]) -> None:
    assert all(say(kept, 0, **said) for _ in range(50))
