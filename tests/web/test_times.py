"""Every time on every page is a `<time>` that the script can say by the reader's clock, and says UTC without it."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.support.client import Answer, Portal
from tests.support.every_answer import every_answer

CLOCK = re.compile(r"\b[0-2]?\d:[0-5]\d\b(?!:)")
DAY = re.compile(r"\b[0-3]?\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")
# Said as plain text on purpose, in UTC: what is copied and sent to somebody else, and a chart of days of UTC.
PLAIN = "#blocked-text, .chart, .axis, script, template, input, textarea, option"


def faults(answer: Answer) -> list[str]:
    """Return the times of an answer that are no sound `<time>`."""
    found = []
    for element in answer.all("time"):
        moment = str(element.get("datetime"))
        datetime.fromisoformat(moment)
        text = element.get_text()
        has_zone = "UTC" in text or not CLOCK.search(text)
        found += [] if MOMENT.fullmatch(moment) and has_zone else [str(element)]
    for element in answer.all(f"time, {PLAIN}"):
        element.decompose()
    rest = " ".join(answer.html.get_text(" ").split())
    return found + [
        rest[max(0, one.start() - 60) : one.end() + 20] for one in [*CLOCK.finditer(rest), *DAY.finditer(rest)]
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_time_of_every_answer_can_be_the_readers(portal: Portal) -> None:
    counted, wrong = 0, []
    for name, answer in list(every_answer(portal)):  # before any is taken apart
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            counted += len(answer.all("time"))
            wrong += [f"{name}: {fault}" for fault in faults(answer)]
    assert counted > 100
    assert sorted({one.partition(": ")[2] for one in wrong}) == []
