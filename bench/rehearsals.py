"""Rehearsal: who used the portal lately from where a list would not let them in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench.customers import Customer, customer, owner_of
from bench.report import Figure, Section, times
from tests.support.client import BASE
from tests.support.quick import writing
from webapp.domain.compiled_list import CompiledList
from webapp.domain.rehearsal import rehearse
from webapp.runtime import clock
from webapp.settings.allowlist.views.rehearsal import MOST
from webapp.storage import allowlists, uses
from webapp.storage.models import PortalUse

NETWORKS, USES, PEOPLE, ROUNDS = 1_000, 10_000, 100, 15
CLIENTS = USES // 2 + USES // 10
FIRST, DB8 = int(IPv4Address("172.16.0.0")), int(IPv6Address("2001:db8::"))


def figures(app: Flask, kind: str) -> Section:
    """Measure."""
    account = customer(app, NETWORKS, active=False, people=PEOPLE)
    used_from(app, account)
    owner = owner_of(app, account)
    pages = {"page of the inactive list": "", "question before activating": "/activate"}
    return Section(
        f"Rehearsal, {NETWORKS:,} networks and {USES:,} remembered (person, address), {kind}",
        f"{PEOPLE} people used the portal from half as many IPv4 addresses, and as many of IPv6, five in a /64; none "
        "is listed. "
        f"{ROUNDS} rounds each, the median. A rehearsal reads what is remembered, compiles the list, decides, and "
        "keeps what is shown.",
        "People who are at other clients only: that is a row for each address.",
        [
            Figure("rehearsal, by the clock", median_of(rehearsal(app, account), time.perf_counter), "ms", 50),
            Figure("rehearsal, CPU of the portal", median_of(rehearsal(app, account), time.process_time), "ms"),
            *(
                Figure(f"{name}, by the clock", median_of(lambda p=path: owner.fetch(BASE + p)), "ms")  # type: ignore[misc]
                for name, path in pages.items()
            ),
        ],
    )


def median_of(work: Callable[[], object], by: Callable[[], float] = time.perf_counter) -> float:
    """Return how long the work takes, in milliseconds."""
    return statistics.median(times(work, ROUNDS, by))


def rehearsal(app: Flask, account: Customer) -> Callable[[], object]:
    """Return what rehearses the account's list, as a question does."""
    with app.app_context():
        after = allowlists.load(account.account_id)

    def work() -> None:
        with app.app_context():
            found = uses.of_account(account.account_id, clock.now())
            compiled = CompiledList.compiling(after.entries, active=True, revision="")
            left_out, _ = rehearse(compiled, found.looked_at, found.owners, MOST)
            uses.seen([use for place in left_out.places for use in place.uses])
        assert (len(left_out.places), left_out.more) == (MOST, CLIENTS - MOST)

    return work


def used_from(app: Flask, account: Customer) -> None:
    """Remember so many addresses: half of them IPv4, each a client; half IPv6, five to a client."""
    v4 = [(f"{text}/32", text) for text in (str(IPv4Address(FIRST + number)) for number in range(USES // 2))]
    v6 = [(f"{IPv6Address(first)}/64", addresses_in(first)) for first in range(DB8, DB8 + (USES // 10 << 64), 1 << 64)]
    rows = [row_of(account, number, *client) for number, client in enumerate(v4 + v6)]
    with writing(app) as connection:
        connection.execute(sa.insert(PortalUse), rows)


def addresses_in(first: int) -> str:
    """Return five addresses of a /64."""
    return " ".join(str(IPv6Address(first + 7 * number)) for number in range(1, 6))


def row_of(account: Customer, number: int, client: str, addresses: str) -> dict[str, Any]:
    """Return what is remembered of one of the people at a client."""
    last = clock.now() - timedelta(minutes=number)
    who = {"account_id": account.account_id, "user_id": account.users[number % PEOPLE], "client": client}
    return who | {"addresses": addresses, "first_at": last, "last_at": last, "days": 1 + number % 60}
