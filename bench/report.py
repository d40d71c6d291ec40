"""Figures in a table: what was measured, its budget, and whether it holds; and how, how often, and what was not."""

from __future__ import annotations

import os
import statistics
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

SEED = 20_261_124  # of all chance in all benchmarks


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; `budget` is the highest value that is allowed, None where there is none."""

    what: str
    value: float
    unit: str
    budget: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the value is within its budget."""
        return self.budget is None or self.value <= self.budget

    def line(self) -> str:
        """Return the line."""
        allowed = "" if self.budget is None else f"{'ok' if self.holds else 'OVER':>5}  <= {self.budget:g}"
        value = f"{self.value:,.0f}" if self.value >= 1_000 else f"{self.value:.3g}"
        return f"  {self.what:<58} {value:>8} {self.unit:<6}{self.note:<18}{allowed}".rstrip()


@dataclass(frozen=True, slots=True)
class Section:
    """What was measured together: how, how often, and what it does not tell."""

    title: str
    how: str
    not_measured: str
    figures: list[Figure] = field(default_factory=list)


def show(section: Section) -> list[str]:
    """Print the section at once; return what is over its budget."""
    text = ["", f"{section.title} (load average now {os.getloadavg()[0]:.1f})"]
    for name, words in (("how", section.how), ("not measured", section.not_measured)):
        text += textwrap.wrap(f"{name}: {words}", 110, initial_indent="  ", subsequent_indent="    ")
    say([*text, *(figure.line() for figure in section.figures)])
    return [f"{section.title}: {figure.what}" for figure in section.figures if not figure.holds]


def say(lines: Sequence[str]) -> None:
    """Print lines now, also into a pipe."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def ratio(what: str, ones: Sequence[float], others: Sequence[float], budget: float | None = None) -> Figure:
    """Return the median of the ratios of what was measured in the same turn, with the middle half of them."""
    found = sorted(one / other for one, other in zip(ones, others, strict=True))
    note = f"({percentile(found, 25):.2f} to {percentile(found, 75):.2f})"
    return Figure(what, statistics.median(found), "x", budget, note)


def in_turns(count: int, work: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Call each in turn so many times, beginning with another one each time; return what each returned."""
    names, found = list(work), {name: list[float]() for name in work}
    for turn in range(count):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(work[name]())
    return found


def times(work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Return how long each round took, in milliseconds, after a few to warm up."""
    for _ in range(min(5, rounds)):
        work()
    taken = []
    for _ in range(rounds):
        start = clock()
        work()
        taken.append((clock() - start) * 1000)
    return taken


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many per cent of the values do not exceed."""
    return sorted(values)[max(0, -int(-len(values) * percent // 100) - 1)]
