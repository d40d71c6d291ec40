"""Figures in a table: what was measured, its budget, and whether it holds."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; `budget` is the highest value that is allowed, None where there is none."""

    what: str
    value: float
    unit: str
    budget: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the value is within its budget."""
        return self.budget is None or self.value <= self.budget

    def line(self) -> str:
        """Return the line."""
        allowed = "" if self.budget is None else f"{'ok' if self.holds else 'OVER':>5}  <= {self.budget:g}"
        return f"  {self.what:<64} {self.value:>10.3g} {self.unit:<6}{allowed}"


def show(title: str, figures: list[Figure]) -> bool:
    """Print the figures; return whether all budgets hold."""
    sys.stdout.write(f"\n{title}\n" + "".join(figure.line() + "\n" for figure in figures))
    return all(figure.holds for figure in figures)


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


def percentile(values: list[float], percent: int) -> float:
    """Return a percentile of the values."""
    return statistics.quantiles(values, n=100)[percent - 1]
