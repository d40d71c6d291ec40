"""Write skew: two owners at once, every pair of operations, both past their checks before either writes."""

from __future__ import annotations

import itertools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from flask import Flask

from proofs.databases import another, database, portal
from proofs.report import Report
from tests.storage.test_two_owners import DANA, ONE, OPERATIONS, OTHER, THIRD, covers, owners
from tests.support.at_once import AtOnce, at_once
from tests.support.quick import QuickBrowser, check_history, put_list, read_list
from tests.support.world import World

PAIRS = list(itertools.combinations_with_replacement(OPERATIONS, 2))


def run(rounds: int, seed: int, kind: str) -> Report:
    """Run so many rounds of each pair, half of the pairs in each of two processes with a database of its own."""
    claim = "Nobody who was answered “done” is outside afterwards; no update is lost; events lead from list to list."
    name = f"Write skew, {len(PAIRS)} pairs of operations, {kind}"
    report = Report(name, claim, seed, rounds * len(PAIRS), f"rounds ({rounds:,} of each pair)", "three owners at once")
    with report.timed(), ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as both:
        halves = both.map(partial(duels, rounds, kind), (PAIRS[::2], PAIRS[1::2]))
        results = list(halves)
    for violations, _, _ in results:
        report.violations += violations
    overlapped, refused = sum(result[1] for result in results), sum(result[2] for result in results)
    report.figures["both past their checks before either wrote"] = f"{overlapped:,} rounds"
    report.figures["refused"] = f"{refused:,} of {2 * report.rounds:,} requests"
    return report


def duels(rounds: int, kind: str, names: list[tuple[str, str]]) -> tuple[list[str], int, int]:
    """Run the rounds of some pairs; return violations, rounds that overlapped, and requests that were refused."""
    report, refused = Report("", "", 0, rounds, ""), 0
    with database(kind) as url, portal(url) as (app, world), another(url) as second:
        browsers = owners(app, second, world)
        with at_once(app, second) as pairs:
            for pair in names:
                for _ in range(rounds):
                    refused += duel(report, app, world, browsers, pairs, pair)
            return report.violations, pairs.overlapped, refused


def duel(
    report: Report,
    app: Flask,
    world: World,
    browsers: tuple[QuickBrowser, QuickBrowser],
    pairs: AtOnce,
    names: tuple[str, str],
) -> int:
    """Let both act at once on a new list, check what came of it, and return how many were refused."""
    rows = put_list(app, world.halden, ONE, OTHER, THIRD, active="activate" not in names)
    before = read_list(app, world.halden)
    calls = [
        partial(OPERATIONS[name], browser, rows, network)
        for name, browser, network in zip(names, browsers, (ONE, OTHER), strict=True)
    ]
    answers = pairs.run(calls[0], calls[1])
    after = read_list(app, world.halden)
    done = [answer.status_code == 303 for answer in answers]
    if {answer.status_code for answer in answers} - {303, 409}:
        report.violated(f"{names}: {[answer.status_code for answer in answers]}")
    for browser, was_done in zip(browsers, done, strict=True):
        if was_done and after.active and not covers(after.texts, str(browser.address)):
            report.violated(f"{names}: {browser.address} is outside {after.texts}")
    change = {"delete": -1, "add": 1}
    wanted = sum(change.get(name, 0) for name, was_done in zip(names, done, strict=True) if was_done)
    if len(after.networks) != len(before.networks) + wanted:
        report.violated(f"{names}: lost update, {before.texts} became {after.texts}")
    try:
        check_history(app, world.halden, before)
    except AssertionError as error:
        report.violated(f"{names}: history: {error}")
    assert browsers[0].address == DANA
    return done.count(False)
