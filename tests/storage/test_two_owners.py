"""Two owners at the same moment: whatever is accepted, nobody who was answered "done" is outside (promise 2)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address, ip_network

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.at_once import at_once
from tests.support.client import BASE
from tests.support.quick import (
    QuickBrowser,
    Stored,
    put_list,
    read_list,
    refusal_of,
    scaled,
    start_session,
)
from tests.support.world import World

DANA, MARA = "203.0.113.7", "203.0.113.8"
ONE, OTHER, THIRD = "203.0.113.0/25", "203.0.113.0/26", "198.51.100.0/24"
Rows = dict[str, Stored]
Operation = Callable[[QuickBrowser, Rows, str], TestResponse]


def owners(app: Flask, second: Flask, world: World) -> tuple[QuickBrowser, QuickBrowser]:
    """Return Dana and Mara, signed in, each served by a process of their own."""
    dana = start_session(app, world.halden, world.users["dana"], DANA)
    mara = start_session(app, world.halden, world.users["mara"], MARA)
    return QuickBrowser(app, DANA, dana), QuickBrowser(second, MARA, mara)


def covers(networks: list[str], address: str) -> bool:
    """Whether some network contains the address, by the standard library."""
    return any(ip_address(address) in ip_network(text) for text in networks)


def delete(browser: QuickBrowser, rows: Rows, network: str) -> TestResponse:
    """Delete a network as its row's form would."""
    row = rows[network]
    return browser.post(f"{BASE}/networks/{row.id}/delete", {"version": row.version})


def edit_away(browser: QuickBrowser, rows: Rows, network: str) -> TestResponse:
    """Edit a network to one that covers neither owner."""
    row = rows[network]
    prefix = "192.0.2.0/25" if network == ONE else "192.0.2.128/25"
    return browser.post(f"{BASE}/networks/{row.id}", {"version": row.version, "network": prefix, "comment": "moved"})


def add(browser: QuickBrowser, rows: Rows, network: str) -> TestResponse:
    """Add a network that the list does not have."""
    return browser.post(f"{BASE}/networks", {"network": "192.0.2.7" if network == ONE else "192.0.2.9", "comment": ""})


def activate(browser: QuickBrowser, rows: Rows, network: str) -> TestResponse:
    """Activate, by the revision that is there when the form is sent."""
    page = browser.get(BASE).get_data(as_text=True)
    return browser.post(f"{BASE}/activate", {"version": page.partition('data-version="')[2][:16]})


def deactivate(browser: QuickBrowser, rows: Rows, network: str) -> TestResponse:
    """Deactivate."""
    return browser.post(f"{BASE}/deactivate")


OPERATIONS: dict[str, Operation] = {
    "delete": delete,
    "edit": edit_away,
    "add": add,
    "activate": activate,
    "deactivate": deactivate,
}


def test_two_owners_who_delete_different_networks_never_leave_anybody_out(
    app: Flask, second: Flask, world: World
) -> None:
    dana, mara = owners(app, second, world)
    rounds, accepted = scaled(200), 0
    with at_once(app, second) as pairs:
        for number in range(rounds):
            rows = put_list(app, world.halden, ONE, OTHER, THIRD, active=True)
            first, last = (ONE, OTHER) if number % 2 else (OTHER, ONE)
            answers = pairs.run(partial(delete, dana, rows, first), partial(delete, mara, rows, last))
            assert sorted(answer.status_code for answer in answers) == [303, 409]
            assert "leaves_you_out" in {refusal_of(answer) for answer in answers if answer.status_code == 409}
            left = read_list(app, world.halden)
            assert left.active
            assert covers(left.texts, DANA)
            assert covers(left.texts, MARA)
            accepted += 1
        assert pairs.overlapped == accepted == rounds


@pytest.mark.parametrize(
    ("one", "other"),
    list(itertools.combinations_with_replacement(OPERATIONS, 2)),
)
def test_no_pair_of_operations_leaves_an_actor_out_or_loses_an_update(
    app: Flask, second: Flask, world: World, one: str, other: str
) -> None:
    dana, mara = owners(app, second, world)
    with at_once(app, second) as pairs:
        for _ in range(scaled(4)):
            rows = put_list(app, world.halden, ONE, OTHER, THIRD, active="activate" not in (one, other))
            before = read_list(app, world.halden)
            answers = pairs.run(
                partial(OPERATIONS[one], dana, rows, ONE), partial(OPERATIONS[other], mara, rows, OTHER)
            )
            assert {answer.status_code for answer in answers} <= {303, 409}
            after = read_list(app, world.halden)
            for browser, answer in zip((dana, mara), answers, strict=True):
                if answer.status_code == 303 and after.active:
                    assert covers(after.texts, str(browser.address))
            deletions = sum(
                answer.status_code == 303 and name == "delete"
                for answer, name in zip(answers, (one, other), strict=True)
            )
            additions = sum(
                answer.status_code == 303 and name == "add" for answer, name in zip(answers, (one, other), strict=True)
            )
            assert len(after.networks) == len(before.networks) - deletions + additions
