"""Two owners at the same moment: whatever is accepted, nobody who was answered "done" is outside (promise 2)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address, ip_network
from typing import NamedTuple

import pytest
from flask import Flask

from tests.support.at_once import AtOnce, at_once
from tests.support.client import BASE, Browser, refusal_of
from tests.support.quick import (
    Snapshot,
    Stored,
    check_history,
    put_list,
    read_list,
    scaled,
    start_session,
)
from tests.support.world import World

THIRD = "198.51.100.0/24"
Browsers = tuple[Browser, Browser]


@dataclass(frozen=True)
class Side:
    """An owner's part in a round: where they are, and the networks that what they do is about.

    `target` is on the list and covers both owners; `current` is what `add_current` adds; the others cover nobody.
    """

    address: str
    target: str
    current: str
    moved: str
    added: str
    deleted: str


# With IPv4, adding the own address leaves the other owner out; with IPv6 it adds the subnet that both are in.
SIDES = {
    4: (
        Side("203.0.113.7", "203.0.113.0/25", "203.0.113.7/32", "192.0.2.0/25", "192.0.2.7/32", "192.0.2.17/32"),
        Side("203.0.113.8", "203.0.113.0/26", "203.0.113.8/32", "192.0.2.128/25", "192.0.2.8/32", "192.0.2.18/32"),
    ),
    6: (
        Side("2001:db8:9::7", "2001:db8:9::/48", "2001:db8:9::/64", "192.0.2.0/25", "192.0.2.7/32", "192.0.2.17/32"),
        Side("2001:db8:9::8", "2001:db8:9::/56", "2001:db8:9::/64", "192.0.2.128/25", "192.0.2.8/32", "192.0.2.18/32"),
    ),
}


class State(NamedTuple):
    """A list, as far as the rules look at it."""

    active: bool
    networks: frozenset[str]

    def lets_in(self, address: str) -> bool:
        """Whether the list is inactive or covers the address, by the standard library."""
        return not self.active or any(ip_address(address) in ip_network(text) for text in self.networks)

    @classmethod
    def of(cls, snapshot: Snapshot) -> State:
        """Return what is stored."""
        assert len(set(snapshot.texts)) == len(snapshot.texts)
        return cls(snapshot.active, frozenset(snapshot.texts))


@dataclass(frozen=True)
class Form:
    """What an owner is about to send."""

    path: str
    fields: dict[str, str]


class Round:
    """A new list with the forms that both owners have opened: made from one state, before either sends theirs."""

    def __init__(self, app: Flask, world: World, browsers: Browsers, sides: tuple[Side, Side], names: tuple[str, str]):
        self.sides = sides
        restorers = [number for number in (0, 1) if names[number] == "restore"]
        deleted = [sides[number].deleted for number in restorers]
        active = "activate" not in names
        self.rows = put_list(app, world.halden, sides[0].target, sides[1].target, THIRD, *deleted, active=active)
        self.undo = {sides[number]: undo_of(browsers[number], self.rows[sides[number].deleted]) for number in restorers}
        self.before = read_list(app, world.halden)


def undo_of(browser: Browser, row: Stored) -> str:
    """Delete a network, and return the token that brings it back."""
    answer = browser.send(f"{BASE}/networks/{row.id}/delete", {"version": row.version}, htmx=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).partition('name="token" value="')[2].partition('"')[0]


def delete(at: Round, side: Side, then: str = "") -> Form:
    """Delete a network as its row's form would, with a way out of R6 or without."""
    row = at.rows[side.target]
    return Form(f"/networks/{row.id}/delete", {"version": row.version, "then": then})


def edit_away(at: Round, side: Side) -> Form:
    """Edit a network to one that covers neither owner."""
    row = at.rows[side.target]
    return Form(f"/networks/{row.id}", {"version": row.version, "network": side.moved, "comment": "moved"})


def add(at: Round, side: Side) -> Form:
    """Add a network that the list does not have."""
    return Form("/networks", {"network": side.added, "comment": ""})


def activate(at: Round, side: Side) -> Form:
    """Activate, by the revision that was there when the form was opened."""
    return Form("/activate", {"version": at.before.revision})


def deactivate(at: Round, side: Side) -> Form:
    """Deactivate."""
    return Form("/deactivate", {})


def restore(at: Round, side: Side) -> Form:
    """Undo a delete."""
    return Form("/networks/restore", {"token": at.undo[side]})


OPERATIONS: dict[str, Callable[[Round, Side], Form]] = {
    "delete": delete,
    "delete, add current": partial(delete, then="add_current"),
    "delete, deactivate": partial(delete, then="deactivate"),
    "edit": edit_away,
    "add": add,
    "restore": restore,
    "activate": activate,
    "deactivate": deactivate,
}
PAIRS = list(itertools.combinations_with_replacement(OPERATIONS, 2))


def by_the_rules(name: str, now: State, start: State, me: Side, other: Side) -> State | None:
    """Return what an operation makes of a list when nobody disturbs it (R3 to R7); None: it is refused."""
    if name == "activate":
        return State(True, now.networks) if now == start else None  # else the form is stale
    if name == "deactivate":
        return State(False, now.networks)
    if name in {"add", "restore"}:
        return State(now.active, now.networks | {me.added if name == "add" else me.deleted})
    result = State(now.active, now.networks - {me.target} | ({me.moved} if name == "edit" else set()))
    if not result.lets_in(me.address):
        if name == "delete, add current":
            result = State(True, result.networks | {me.current})
        elif name == "delete, deactivate":
            result = State(False, result.networks)
        else:
            return None
    return result if result.lets_in(other.address) else None  # else it signs others out, and nobody has said yes


def one_after_the_other(
    names: tuple[str, str], start: State, sides: tuple[Side, Side]
) -> set[tuple[tuple[int, ...], State, int]]:
    """Return what both operations may come to: both answers, the list, and how many changes led there."""
    outcomes = set()
    for order in ((0, 1), (1, 0)):
        now, changes, statuses = start, 0, [409, 409]
        for number in order:
            result = by_the_rules(names[number], now, start, sides[number], sides[1 - number])
            if result is not None:
                statuses[number] = 303
                changes += result != now
                now = result
        outcomes.add((tuple(statuses), now, changes))
    return outcomes


def owners(app: Flask, second: Flask, world: World, family: int = 4) -> Browsers:
    """Return Dana and Mara, signed in, each served by a process of their own."""
    dana, mara = SIDES[family]
    return (
        Browser(app, dana.address, start_session(app, world.halden, world.users["dana"], dana.address)),
        Browser(second, mara.address, start_session(app, world.halden, world.users["mara"], mara.address)),
    )


def duel(
    app: Flask, world: World, browsers: Browsers, pairs: AtOnce, names: tuple[str, str], family: int
) -> tuple[list[str], int]:
    """Let both act at once on a new list; return what is wrong with what came of it, and how many were refused."""
    sides = SIDES[family]
    at = Round(app, world, browsers, sides, names)
    forms = [OPERATIONS[name](at, side) for name, side in zip(names, sides, strict=True)]
    calls = [
        partial(browser.send, BASE + form.path, form.fields) for browser, form in zip(browsers, forms, strict=True)
    ]
    statuses = tuple(answer.status_code for answer in pairs.run(calls[0], calls[1]))
    stored = read_list(app, world.halden)
    after, wrong = State.of(stored), []
    for side, status in zip(sides, statuses, strict=True):
        if status == 303 and not after.lets_in(side.address):
            wrong.append(f"{names}, {statuses}: {side.address} is outside {stored.texts}")
    try:
        changes = check_history(app, world.halden, at.before, stored, skip=len(at.undo))
    except AssertionError as error:
        return [*wrong, f"{names}: history: {error}"], statuses.count(409)
    if (statuses, after, changes) not in one_after_the_other(names, State.of(at.before), sides):
        wrong.append(
            f"{names}: {statuses} after {changes} changes, {at.before.texts} became {after}: no order does that"
        )
    return wrong, statuses.count(409)


def test_two_owners_who_delete_different_networks_never_leave_anybody_out(
    app: Flask, second: Flask, world: World
) -> None:
    browsers = owners(app, second, world)
    sides = SIDES[4]
    rounds, accepted = scaled(200), 0
    with at_once(app, second) as pairs:
        for _ in range(rounds):
            at = Round(app, world, browsers, sides, ("delete", "delete"))
            forms = [delete(at, side) for side in sides]
            calls = [
                partial(one.send, BASE + form.path, form.fields) for one, form in zip(browsers, forms, strict=True)
            ]
            answers = pairs.run(calls[0], calls[1])
            assert sorted(answer.status_code for answer in answers) == [303, 409]
            assert "leaves_you_out" in {refusal_of(answer) for answer in answers if answer.status_code == 409}
            left = State.of(read_list(app, world.halden))
            assert left.active
            assert left.lets_in(sides[0].address)
            assert left.lets_in(sides[1].address)
            accepted += 1
        assert pairs.overlapped == accepted == rounds


@pytest.mark.parametrize("names", PAIRS, ids="-".join)
def test_no_pair_of_operations_leaves_an_actor_out_or_loses_an_update(
    app: Flask, second: Flask, world: World, names: tuple[str, str]
) -> None:
    with at_once(app, second) as pairs:
        for family in SIDES:
            browsers = owners(app, second, world, family)
            for _ in range(scaled(2)):
                wrong, _ = duel(app, world, browsers, pairs, names, family)
                assert wrong == []
        assert pairs.overlapped == 2 * scaled(2)


def test_a_model_that_forgets_an_update_is_told_apart() -> None:
    sides = SIDES[6]
    start = State(True, frozenset({sides[0].target, sides[1].target, THIRD}))
    outcomes = one_after_the_other(("delete, add current", "edit"), start, sides)
    assert {statuses for statuses, _, _ in outcomes} == {(303, 409), (303, 303)}
    both = next(state for statuses, state, _ in outcomes if statuses == (303, 303))
    assert both.networks == {sides[1].moved, sides[0].current, THIRD}
