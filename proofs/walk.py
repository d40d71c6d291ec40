"""Random walks through the portal beside a model: shared browsers, old tabs, addresses that change in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from proofs.databases import database
from proofs.report import Report
from tests.conftest import dispose
from tests.properties.test_model import Walk
from tests.support.quick import new_app

STEPS, WALKS = 40, 25


def run(rounds: int, chance: int, kind: str) -> Report:
    """Walk until so many steps were taken, each walk in an empty portal of its own."""
    claim = (
        "No accepted step leaves its actor outside; nothing is done in another person’s name, or for another address "
        "than was shown; what is refused changes nothing; model and portal agree after every step."
    )
    seen: Counter[str] = Counter()
    report = Report(
        f"Walks beside a model, {kind}", claim, chance, rounds, "steps", "several requests at once: see skew"
    )
    with report.timed(), database(kind) as url:
        app = new_app(url)
        number = 0
        while seen["steps"] < rounds and not report.violations:
            here: Any = seed(chance + number)(type("WalkHere", (Walk,), {"app": app, "seen": seen}))
            _walk(here, report, min(WALKS, -(-rounds // STEPS)))
            number += 1
        dispose(app)
    report.rounds = seen.pop("steps")
    report.figures["answers to changes"] = ", ".join(f"{count:,} {what}" for what, count in sorted(seen.items()))
    return report


def _walk(here: Any, report: Report, walks: int) -> None:
    chosen = settings(
        max_examples=walks,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(here, settings=chosen)
    except AssertionError as error:
        report.violated(str(error))
