"""Signing in: whoever does not get in takes the same time, known or not."""

from __future__ import annotations

import random
import statistics
import time
from itertools import combinations

import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from proofs.databases import database, portal
from proofs.report import Report
from tests.conftest import SHIPPED
from tests.support.client import Browser
from tests.support.quick import put_list, writing
from tests.support.world import CHEAP, ELSEWHERE, PASSWORD, email_of
from webapp.identity import passwords
from webapp.runtime import clock
from webapp.storage.models import User

WRONG = "not the password"
BEFORE = "scrypt:32768:8:1"
# Dana's list does not cover ELSEWHERE; Mara's hash is of before; Sanne is disabled.
KINDS: dict[str, tuple[str, str, int]] = {
    "unknown": ("nobody", WRONG, 401),
    "wrong": ("dana", WRONG, 401),
    "wrong, hash of before": ("mara", WRONG, 401),
    "right, but disabled": ("sanne", PASSWORD, 401),
    "right, but blocked": ("dana", PASSWORD, 403),
}
SURE = 0.001  # A difference that chance alone makes once in a thousand proofs.
ENOUGH = 100  # Below that nothing can be said of times.


def run(rounds: int, seed: int, kind: str, method: str = SHIPPED) -> Report:
    """Sign in so often in each way, in an order that changes at random, and compare the times of each two ways."""
    claim = (
        "An unknown e-mail, a wrong password, one whose hash is of before and a disabled user cannot be told apart by "
        f"the time that the answer takes (Mann-Whitney, p of each two at least {SURE})."
    )
    unmeasured = "the way through a network, which adds noise; other machines' caches"
    report = Report(f"Times of sign-in, {kind}", claim, seed, rounds * len(KINDS), "sign-ins", unmeasured)
    passwords.METHOD = method
    try:
        with report.timed():
            taken = measured(report, rounds, random.Random(seed), kind)
    finally:
        passwords.METHOD = CHEAP
    for name, times in taken.items():
        mean, middle = statistics.mean(times), statistics.median(times)
        report.figures[name] = f"mean {mean:.2f} ms, median {middle:.2f} ms, deviation {statistics.stdev(times):.2f} ms"
    for one, other in combinations(taken, 2):
        p = mann_whitney(taken[one], taken[other])
        report.figures[f"{one} / {other}"] = f"p = {p:.3f}"
        is_told = {KINDS[one][2], KINDS[other][2]} != {401}  # By its status; who has the password may know.
        if p < SURE and rounds >= ENOUGH and not is_told:
            report.violated(f"{one} / {other}: p = {p:.6f}")
    return report


def measured(report: Report, rounds: int, chance: random.Random, kind: str) -> dict[str, list[float]]:
    """Return the times of each way, in milliseconds."""
    taken: dict[str, list[float]] = {name: [] for name in KINDS}
    old = generate_password_hash(PASSWORD, BEFORE if passwords.METHOD == SHIPPED else "scrypt:1024:4:1")
    with database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, "192.0.2.0/24", active=True)
        with writing(app) as connection:
            connection.execute(sa.update(User).values(password_hash=passwords.hash_password(PASSWORD)))
            is_mara, is_sanne = (User.id == world.users[person] for person in ("mara", "sanne"))
            connection.execute(sa.update(User).where(is_mara).values(password_hash=old))
            connection.execute(sa.update(User).where(is_sanne).values(disabled_at=clock.now()))
        for number in range(-1, rounds):
            for name in chance.sample(list(KINDS), len(KINDS)):
                person, password, expected = KINDS[name]
                browser, fields = Browser(app, ELSEWHERE), {"email": email_of(person), "password": password}
                token = browser.csrf_token()
                began = time.perf_counter()
                status = browser.send("/login", fields, csrf=token).status_code
                took = (time.perf_counter() - began) * 1000
                if number >= 0:  # The first round warms up.
                    taken[name].append(took)
                if status != expected:
                    report.violated(f"{name}: {status} instead of {expected}")
    return taken


def mann_whitney(one: list[float], other: list[float]) -> float:
    """Return how likely chance alone makes two samples differ so much: two-sided, by the normal approximation."""
    ordered = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, side) in enumerate(ordered, 1) if side == 0)
    n, m = len(one), len(other)
    deviation = (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * statistics.NormalDist().cdf(-abs(ranks - n * (n + m + 1) / 2) / deviation)
