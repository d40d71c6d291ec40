"""Blocked people in a flood beside everybody else: nobody of another account notices, and the log stays small."""

from __future__ import annotations

import json
import math
import time
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.orm import Session

from proofs.deployed import Deployed, Heard, Person, ask_steadily, deployed
from proofs.report import Report
from tests.support.client import BASE
from tests.support.quick import cookie_of, put_list, writing
from tests.support.world import password_hash
from webapp.domain.few_lines import EACH, KINDS
from webapp.runtime import clock
from webapp.storage import accounts, write
from webapp.storage.models import PortalSessionRow
from webapp.storage.sessions import hash_of, new_id

BLOCKED_A_SECOND, NORMAL_A_SECOND = 300, 50
BLOCKED_PEOPLE = 50
ADDRESSES = [f"127.0.0.{number}" for number in range(30, 42)]
NORMAL = 6
PAGES = ("/", BASE, "/account/settings", "/session")
AT_ONCE = 5_000


def run(seconds: int, seed: int, machines: int = 3, workers: int = 2) -> Report:
    """Let people of one account be blocked 300 times a second, and people of another work as usual, for so long."""
    claim = (
        f"{BLOCKED_A_SECOND} requests a second of blocked people, each with a portal session that is ended by it, cost "
        "nobody else an answer, and the portal's log has a bounded number of lines."
    )
    name = f"A flood of blocked people beside normal use, {machines} machines with {workers} workers"
    report = Report(name, claim, seed, seconds, "seconds", "the load generator runs on the same cores")
    with report.timed(), deployed(machines, workers) as portal:
        put_list(portal.app, portal.world.halden, "127.0.0.2/32", active=True)
        put_list(portal.app, portal.world.northwind, "192.0.2.0/24", active=True)
        cookies = sign_in(portal, BLOCKED_A_SECOND * seconds)
        dana = portal.cookie("dana")
        alone = normal_use(portal, dana, min(seconds, 60))
        began = time.monotonic()
        with ThreadPoolExecutor(2) as both:
            flooding = both.submit(flood, portal, cookies, seconds)
            using = both.submit(normal_use, portal, dana, seconds)
            tell(report, alone, using.result(), flooding.result())
        took = time.monotonic() - began
        look_at_log(report, portal, seconds, most_lines(took, machines * workers))
    return report


def sign_in(portal: Deployed, count: int) -> list[str]:
    """Sign people of Northwind in so many times, from where its list does not let them in; return the cookies."""
    with portal.app.app_context():
        ids = write(lambda session: [member(session, portal.world.northwind, one) for one in range(BLOCKED_PEOPLE)])
    cookies: list[str] = []
    now = clock.now()
    for first in range(0, count, AT_ONCE):
        sessions = [new_id() for _ in range(min(AT_ONCE, count - first))]
        same = {"account_id": portal.world.northwind, "address": None, "created_at": now, "last_seen_at": now}
        rows = [
            same | {"id_hash": hash_of(session), "user_id": ids[number % BLOCKED_PEOPLE]}
            for number, session in enumerate(sessions)
        ]
        with writing(portal.app) as connection:
            connection.execute(sa.insert(PortalSessionRow), rows)
        cookies += [cookie_of(portal.app, session) for session in sessions]
    return cookies


def member(session: Session, account_id: int, number: int) -> int:
    """Add a member, and return the id."""
    user_id = accounts.create_user(session, f"m{number}@example.com", "A member", password_hash(), clock.now())
    accounts.join(session, account_id, user_id, "member")
    return user_id


def normal_use(portal: Deployed, cookie: str, seconds: int) -> Heard:
    """Ask for pages as an owner does."""
    people = [Person(portal.edge) for _ in range(NORMAL)]
    return ask_steadily(
        people, NORMAL_A_SECOND, seconds, lambda person, number: person.get(PAGES[number % len(PAGES)], cookie)
    )


def flood(portal: Deployed, cookies: list[str], seconds: int) -> Heard:
    """Ask with one cookie after the other, each of which is blocked."""
    people = [Person(portal.edge, address) for address in ADDRESSES]
    return ask_steadily(people, BLOCKED_A_SECOND, seconds, lambda person, number: person.get("/", cookies[number]))


def tell(report: Report, alone: Heard, normal: Heard, flooded: Heard) -> None:
    """Write down what everybody was answered."""
    for who, heard in (("normal use alone", alone), ("normal use beside the flood", normal), ("the flood", flooded)):
        times = f"p50 {heard.percentile(0.5)}, p99 {heard.percentile(0.99)}"
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(heard.statuses.items()))
        report.figures[who] = f"{statuses}; {times}, counted from when each was due"
    if wrong := set(alone.statuses + normal.statuses) - {200, 204}:
        report.violated(f"normal use was answered {wrong}")
    if wrong := set(flooded.statuses) - {403}:
        report.violated(f"blocked people were answered {wrong}")


def most_lines(took: float, workers: int) -> int:
    """Return how many lines of refusals so many workers may write in that time."""
    return workers * (math.ceil(took / 60) + 1) * (KINDS + 2) * EACH


def look_at_log(report: Report, portal: Deployed, seconds: int, most: int) -> None:
    """Count the lines that the flood has left, at the edge and in the portal."""
    lines = [json.loads(line) for machine in portal.machines for line in machine.log().splitlines()]
    refused = [line for line in lines if line["event"] == "blocked" or line.get("status") == 403]
    summed = sum(line["lines"] for line in lines if line["event"] == "left_out")
    at_edge = (portal.edge.folder / "portal.log").stat().st_size
    size = sum(len(machine.log()) for machine in portal.machines)
    report.figures["lines of refusals in the portal's log"] = (
        f"{len(refused):,} of {2 * BLOCKED_A_SECOND * seconds:,}, at most {most:,}; "
        f"{summed:,} more are counted in summaries (the last minute's are not there yet)"
    )
    report.figures["size of the logs"] = f"portal {size / 2**20:.1f} MiB, edge {at_edge / 2**20:.1f} MiB"
    if len(refused) > most:
        report.violated(f"{len(refused)} lines of refusals, more than {most}")
