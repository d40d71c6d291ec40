"""Blocked attempts of the last days as a chart and a table of the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.views.section import Section
from webapp.storage import blocked_statistics
from webapp.storage.blocked_attempts import Attempts

DAYS = 14
SHOWN = 5
# Across in percent of the drawing, upright in px: it has no scale of its own, so its text keeps its size at any width.
STEP, BAR = 100 / DAYS, 76 / DAYS
FLOOR, TALLEST, SMALLEST = 104, 84, 2


@dataclass(frozen=True, slots=True)
class Day:
    """One bar: the day, its attempts, and where the bar stands in the drawing. A day without attempts has no height."""

    day: date
    count: int
    x: float
    height: float
    is_highest: bool
    is_today: bool

    @property
    def y(self) -> float:
        """The bar's upper edge."""
        return FLOOR - self.height

    @property
    def middle(self) -> float:
        """The middle of the bar."""
        return round(self.x + BAR / 2, 1)


@dataclass(frozen=True, slots=True)
class BlockedAttempts:
    """The days, the oldest first; the client with most attempts; and by person and client the latest of them.

    Each of these comes with whether the list contains the address. `lines`: how many of these there are.
    """

    days: tuple[Day, ...]
    most_from: str | None
    latest: tuple[tuple[Attempts, bool], ...]
    lines: int

    @classmethod
    def load(cls, section: Section) -> BlockedAttempts:
        """Return the attempts at the request's account."""
        account_id = portal_session.current().account_id
        now = clock.now()
        since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
        counts = [0] * DAYS
        for hour, count in blocked_statistics.per_hour(account_id, since):
            counts[min(DAYS - 1, (hour - since).days)] += count
        days = tuple(_bars(since.date(), counts))
        if not any(counts):
            return cls(days, None, (), 0)
        latest, lines = blocked_statistics.latest(account_id, since, now, SHOWN)
        shown = tuple((one, section.allowlist.covers(one.address)) for one in latest)
        return cls(days, blocked_statistics.most_frequent(account_id, since), shown, lines)

    @property
    def bar(self) -> float:
        """How wide a bar is."""
        return round(BAR, 1)

    @property
    def total(self) -> int:
        """How many attempts there were."""
        return sum(day.count for day in self.days)


def _bars(first: date, counts: list[int]) -> list[Day]:
    highest = max(counts)
    return [
        Day(
            first + timedelta(days=number),
            count,
            round(number * STEP + (STEP - BAR) / 2, 1),
            max(SMALLEST, round(TALLEST * count / highest)) if count else 0,
            is_highest=count > 0 and number == counts.index(highest),
            is_today=number == DAYS - 1,
        )
        for number, count in enumerate(counts)
    ]
