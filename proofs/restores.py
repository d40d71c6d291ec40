"""Going back after random changes: the list that was, or a refusal that says why, and nobody left out by it."""

from __future__ import annotations

import random

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.going_back import walk_and_go_back
from tests.support.long_walk import LongWalk


def run(walks: int, seed: int, kind: str) -> Report:
    """Walk so many times, each time back to a random event: to the list after it, or to one without what it did."""
    claim = (
        "After any changes by two owners, a program and an operator, the list after any event comes back with its "
        "facts and in its order, or a single event is undone; or it is refused for a reason that holds, and nothing "
        "changes. It never leaves its actor out, and changes whether the list is active only by a way out."
    )
    not_measured = "two who go back at once: see plans_at_once"
    report = Report(f"Restores after random walks, {kind}", claim, seed, walks, "walks", not_measured)
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        walk = LongWalk(app, world, random.Random(seed))
        for number in range(walks):
            for wrong in walk_and_go_back(walk):
                report.violated(f"walk {number}: {wrong}")
    report.figures["what came of it"] = ", ".join(f"{count:,} {what}" for what, count in sorted(walk.seen.items()))
    return report
