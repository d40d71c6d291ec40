"""Undo rewrites nothing: after any sequence of changes the list has the facts and the order of one never deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Clock
from tests.support.client import BASE, Browser
from tests.support.quick import put_list, scaled, start_session
from tests.support.world import HOME, NAMES, World
from webapp.domain.allowlist import Entry
from webapp.storage import allowlists

NETWORKS = [f"198.51.100.{number}/32" for number in range(6)]
TOKEN = re.compile(r'name="token" value="([^"]+)"')
STEP = st.tuples(
    st.sampled_from(("add", "edit", "delete", "undo")),
    st.sampled_from(("dana", "mara")),
    st.integers(0, 5),
    st.sampled_from((0, 0, 7, -7)),
)


@dataclass(frozen=True)
class Fact:
    """What the list should say of a network, and when in the sequence it was added."""

    network: str
    comment: str
    added_at: Any
    added_by: str
    added_by_id: int | None
    serial: int


class Model:
    """The list beside the portal's: networks of one moment are in the order in which they were added."""

    def __init__(self, app: Flask, world: World, time: Clock) -> None:
        self.app, self.world, self.time = app, world, time
        self.facts: list[Fact] = []
        self.deleted: tuple[Fact, str] | None = None
        people = {name: start_session(app, world.halden, world.users[name], HOME) for name in ("dana", "mara")}
        self.browsers = {name: Browser(app, HOME, key) for name, key in people.items()}

    def entries(self) -> tuple[Entry, ...]:
        """Return the portal's list."""
        with self.app.app_context():
            return allowlists.load(self.world.halden).entries

    def row(self, fact: Fact) -> Entry:
        """Return the portal's entry of a network."""
        return next(entry for entry in self.entries() if entry.network.text == fact.network)

    def post(self, person: str, path: str, **fields: str) -> str:
        """POST as the person; it is accepted. Return the answer."""
        answer = self.browsers[person].send(BASE + path, fields, htmx=True)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def add(self, person: str, number: int) -> None:
        """Add a network that is not listed."""
        network = NETWORKS[number]
        if network in {fact.network for fact in self.facts}:
            return
        self.post(person, "/networks", network=network, comment=f"by {person}")
        by = (NAMES[person], self.world.users[person])
        self.facts.append(Fact(network, f"by {person}", self.time.now(), *by, serial=self.serial()))

    def serial(self) -> int:
        """Return the next number."""
        self.last = getattr(self, "last", 0) + 1
        return self.last

    def edit(self, person: str, number: int) -> None:
        """Give a listed network another comment."""
        if not self.facts:
            return
        fact = self.facts[number % len(self.facts)]
        row = self.row(fact)
        self.post(person, f"/networks/{row.id}", network=fact.network, comment=f"edited {number}", version=row.version)
        self.facts[self.facts.index(fact)] = replace(fact, comment=f"edited {number}")

    def delete(self, person: str, number: int) -> None:
        """Delete a listed network."""
        if not self.facts:
            return
        fact = self.facts.pop(number % len(self.facts))
        row = self.row(fact)
        answer = self.post(person, f"/networks/{row.id}/delete", version=row.version)
        found = TOKEN.search(answer)
        assert found
        self.deleted = (fact, found[1])

    def undo(self, person: str, number: int) -> None:
        """Undo the last delete, unless the network was added again."""
        fact, token = self.deleted or (None, "")
        self.deleted = None
        if fact is None or fact.network in {other.network for other in self.facts}:
            return
        self.post(person, "/networks/restore", token=token, place="row" if number % 2 else "")
        self.facts.append(fact)

    def check(self) -> None:
        """The portal's list is this one: order and facts."""
        wanted = sorted(self.facts, key=lambda fact: (fact.added_at, fact.serial), reverse=True)
        assert [
            (entry.network.text, entry.comment, entry.added_at, entry.added_by, entry.added_by_id)
            for entry in self.entries()
        ] == [(fact.network, fact.comment, fact.added_at, fact.added_by, fact.added_by_id) for fact in wanted]


@settings(max_examples=scaled(40), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=25))
def test_undo_gives_back_order_and_facts(app: Flask, world: World, time: Clock, steps: list[Any]) -> None:
    """Clocks stand still and jump back meanwhile."""
    put_list(app, world.halden)
    model = Model(app, world, time)
    for act, person, number, seconds in steps:
        time.advance(timedelta(seconds=seconds))
        getattr(model, act)(person, number)
        model.check()
