"""Write skew: two owners at once, every pair of operations, both past their checks before either writes."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import sqlalchemy as sa
from flask import Flask

from proofs.databases import another, database, portal
from proofs.report import Report
from tests.storage.test_two_owners import PAIRS, SIDES, duel, owners
from tests.support.at_once import at_once
from tests.support.quick import writing
from webapp.runtime import clock
from webapp.storage.models import PortalSessionRow

Names = tuple[str, str]
# A request that finds its session unseen for a minute writes that first, and would wait for the other one there.
SEEN_EVERY = 500


def run(rounds: int, seed: int, kind: str, part: slice = slice(None)) -> Report:
    """Run so many rounds of each pair, half of the pairs in each of two processes with a database of its own."""
    claim = (
        "Nobody who was answered “done” is outside afterwards; answers and list are what they would be had one acted "
        "after the other, so that no update is lost; events lead from list to list."
    )
    names = PAIRS[part]
    report = Report(
        f"Write skew, {len(names)} of {len(PAIRS)} pairs of operations, {kind}",
        claim,
        seed,
        rounds * len(names),
        f"rounds ({rounds:,} of each pair, half with IPv4, half with IPv6)",
        "three owners at once",
    )
    with report.timed(), ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as both:
        results = list(both.map(partial(duels, rounds, kind), (names[::2], names[1::2])))
    for violations, _, _ in results:
        report.violations += violations
    overlapped, refused = sum(result[1] for result in results), sum(result[2] for result in results)
    if overlapped < 0.99 * report.rounds:
        report.violated(f"only {overlapped} rounds overlapped: nothing is proven")
    report.figures["both past their checks before either wrote"] = f"{overlapped:,} rounds"
    report.figures["refused"] = f"{refused:,} of {2 * report.rounds:,} requests"
    return report


def duels(rounds: int, kind: str, names: list[Names]) -> tuple[list[str], int, int]:
    """Run the rounds of some pairs; return violations, rounds that overlapped, and requests that were refused."""
    report, all_refused = Report("", "", 0, rounds, ""), 0
    with database(kind) as url, portal(url) as (app, world), another(url) as second:
        browsers = {family: owners(app, second, world, family) for family in SIDES}
        with at_once(app, second) as pairs:
            for pair in names:
                for number in range(rounds):
                    if number % SEEN_EVERY == 0:
                        see_all(app)
                    family = (4, 6)[number % 2]
                    wrong, refused = duel(app, world, browsers[family], pairs, pair, family)
                    all_refused += refused
                    for what in wrong:
                        report.violated(what)
            return report.violations, pairs.overlapped, all_refused


def see_all(app: Flask) -> None:
    """Let every session have been seen just now."""
    with writing(app) as connection:
        connection.execute(sa.update(PortalSessionRow).values(last_seen_at=clock.now()))
