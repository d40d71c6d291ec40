"""The list as it was after any event: told by walking back, it is what the list was then (R16)."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from proofs.sizes import asked_of, scans
from tests.support.long_past import add_long_past
from tests.support.quick import check_history, engine_of, events_of, put_list, read_list, writing
from tests.support.tampering import unguarded
from tests.support.world import World
from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.leaving_out import LeavesNobodyIn
from webapp.domain.network import parse_network
from webapp.runtime import clock
from webapp.storage import allowlists, events, past_lists, snapshots, write
from webapp.storage.events import OPERATOR, Actor
from webapp.storage.models import Event, ListSnapshot

FACTS = ("id", "network", "comment", "added_at", "added_by", "added_by_id", "position")


def facts(stored: Allowlist) -> list[tuple[Any, ...]]:
    """Return what must be known of a past list: state, revision, and the networks in their order."""
    return [(stored.active, stored.revision), *(tuple(getattr(one, name) for name in FACTS) for one in stored.entries)]


def some_change(dice: random.Random, present: Allowlist) -> tuple[str, Allowlist]:
    """Return a change by chance, and its kind."""
    entries = present.entries
    networks = [parse_network(f"10.{dice.randrange(9)}.{n}.0/24") for n in range(dice.randrange(1, 4))]
    new = [network for network in networks if network not in {entry.network for entry in entries}]
    what = dice.choice(["add", "delete", "edit", "comment", "import", "deactivate", "activate"])
    if what in {"deactivate", "activate"}:
        return what, Allowlist(what == "activate", entries, present.revision)
    if what in {"add", "import"} or not entries:
        return "import", Allowlist(present.active, (*map(Entry, new), *entries[len(new) :]), present.revision)
    chosen = dice.choice(entries)
    if what == "delete":
        return what, present.remove(chosen.id or 0)
    network = new[0] if what == "edit" and new else chosen.network
    return "edit", present.edit(chosen.id or 0, network, dice.choice("abc"))


@pytest.mark.parametrize("apart", [snapshots.APART, 7])
def test_it_is_the_list_that_was(app: Flask, world: World, apart: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "APART", apart)
    dice = random.Random(apart)  # noqa: S311 - the same walk each time
    was: dict[int | None, list[tuple[Any, ...]]] = {}
    actors = [Actor("Dana Kessler", world.users["dana"]), Actor("Mara Osei", world.users["mara"]), OPERATOR]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with app.app_context():
        for number in range(60):
            at = moment + timedelta(minutes=number)
            present = allowlists.load(world.halden)
            kind, wanted = some_change(dice, present)
            how = partial(lambda wanted, present: wanted, wanted)
            who, at_then = OPERATOR if present.active else dice.choice(actors), partial(lambda at: at, at)
            with suppress(LeavesNobodyIn):
                done = allowlists.changing(world.halden, who, kind, how, acknowledge_lockout=True, now=at_then)
                was[done.event_id] = facts(allowlists.load(world.halden))
        was.pop(None, None)  # what changed nothing
        assert len(was) > 30
        for event_id, then in was.items():
            told = past_lists.as_of(world.halden, event_id or 0)
            assert told is not None
            assert facts(told) == then
            assert past_lists.as_of(world.northwind, event_id or 0) is None
    with engine_of(app).connect() as connection:
        kept = connection.scalar(sa.select(sa.func.count()).select_from(ListSnapshot))
    assert (kept or 0) > 5 if apart == 7 else kept == 0


def test_what_is_no_change_of_the_list_names_the_list_of_then(app: Flask, world: World) -> None:
    with app.app_context():
        add = partial(Allowlist.add, network=parse_network("192.0.2.1"))
        allowlists.changing(world.halden, OPERATOR, "add", add, now=clock.now)
        write(lambda session: events.note(session, world.halden, "user_create", {}, clock.now()))
        note = events_of_kind(app, "user_create")
        allowlists.changing(world.halden, OPERATOR, "delete", lambda p: p.remove(p.entries[0].id or 0), now=clock.now)
        told = past_lists.as_of(world.halden, note)
    assert told is not None
    assert [entry.network.text for entry in told.entries] == ["192.0.2.1/32"]


def events_of_kind(app: Flask, kind: str) -> int:
    """Return the id of the last event of that kind."""
    with engine_of(app).connect() as connection:
        return connection.scalar(sa.select(sa.func.max(Event.id)).where(Event.kind == kind)) or 0


def test_facts_that_older_events_lack_are_those_of_the_addition(app: Flask, world: World) -> None:
    dana, at = Actor("Dana Kessler", world.users["dana"]), datetime(2026, 1, 1, tzinfo=UTC)
    first, second = parse_network("192.0.2.1"), parse_network("192.0.2.2")
    with app.app_context():
        step = partial(allowlists.changing, world.halden, dana)
        added = step("add", lambda p: p.add(first), now=lambda: at)
        entry = added.after.entries[0]
        edited = step("edit", lambda p: p.edit(entry.id or 0, second, "moved"), now=clock.now)
        step("delete", lambda p: p.remove(entry.id or 0), now=clock.now)
        forget_facts(app)
        told = past_lists.as_of(world.halden, edited.event_id or 0)
    assert told is not None
    [then] = told.entries
    assert (then.network, then.comment, then.added_at, then.added_by) == (second, "moved", at, "Dana Kessler")
    assert (then.added_by_id, then.position) == (dana.user_id, entry.id)


def forget_facts(app: Flask) -> None:
    """Leave in the events what they held before facts were kept."""
    lost = {field.name for field in fields(Entry)} - {"id", "network", "comment"}
    with writing(app) as connection, unguarded(connection):
        for row in connection.execute(sa.select(Event.id, Event.before, Event.after)).all():
            sides = {"before": row.before, "after": row.after}
            for side in sides.values():
                side["networks"] = [
                    {name: fact for name, fact in one.items() if name not in lost} for one in side["networks"]
                ]
            connection.execute(sa.update(Event).where(Event.id == row.id).values(sides))


def test_the_long_past_that_is_measured_is_one_that_leads_to_the_present(app: Flask, world: World) -> None:
    put_list(app, world.halden, "192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32")
    people = [(world.users["dana"], "Dana Kessler"), (None, "operator")]
    with app.app_context(), writing(app) as connection:
        present = allowlists.load(world.halden)
        add_long_past(connection, world.halden, present, people, 1_239, clock.now())
    first = replace(read_list(app, world.halden), revision="past 0")
    assert check_history(app, world.halden, first) == 1_239
    with app.app_context():
        told = past_lists.as_of(world.halden, events_of(app, world.halden)[-1].id)
    assert told is not None
    assert facts(told) == facts(present)


def test_the_next_snapshot_is_found_without_a_look_at_other_accounts(app: Flask, world: World) -> None:
    put_list(app, world.halden, "192.0.2.1/32")
    with app.app_context(), writing(app) as connection:
        present = allowlists.load(world.halden)
        add_long_past(connection, world.halden, present, [(None, "operator")], 2_500, clock.now())
        connection.execute(sa.text("ANALYZE"))
    oldest = events_of(app, world.halden)[0].id
    with asked_of(app) as log, app.app_context():
        past_lists.as_of(world.halden, oldest)
    steps = [step for statement, values in log for step in scans(app, statement, values)]
    assert [step for step in steps if "list_snapshot" in step] == []
