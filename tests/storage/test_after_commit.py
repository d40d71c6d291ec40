"""What a transaction has stored is sent to listeners once it is committed: once, and never otherwise."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.storage.test_changing import adding, as_dana, change
from tests.support.quick import put_list
from tests.support.world import World
from webapp.domain.allowlist import Duplicate
from webapp.runtime import clock
from webapp.storage import db, events, last_changes, listeners, repairs, write
from webapp.storage.engine.transactions import try_write
from webapp.storage.events import OPERATOR, Operation
from webapp.storage.listeners import StoredEvent, event_stored
from webapp.storage.models import Event

NETWORK = "203.0.113.0/24"
Listen = Callable[[Callable[[Flask, StoredEvent], None]], None]


@pytest.fixture
def listen(app: Flask) -> Iterator[Listen]:
    """Connect listeners for the time of a test; nothing but the signal holds them."""
    others = list(event_stored.receivers_for(app))
    yield lambda listener: listeners.listen(app, lambda sender, *, event: listener(sender, event))
    for receiver in list(event_stored.receivers_for(app)):
        if receiver not in others:
            event_stored.disconnect(receiver, app)


@pytest.fixture
def heard(listen: Listen) -> list[StoredEvent]:
    """Return what is heard, from the start of the test on."""
    heard: list[StoredEvent] = []
    listen(lambda _app, event: heard.append(event))
    return heard


def test_a_change_is_heard_with_who_made_it_and_what_it_was(app: Flask, world: World, heard: list[StoredEvent]) -> None:
    outcome = change(app, world, adding(NETWORK, "office"), kind="add")
    (event,) = heard
    assert (event.id, event.account_id, event.kind) == (outcome.event_id, world.halden, "add")
    assert (event.by, event.user_id) == ("Dana Kessler", world.users["dana"])
    assert [network["comment"] for network in event.after["networks"]] == ["office"]


def test_a_listener_that_nothing_else_holds_is_heard(app: Flask, world: World, listen: Listen) -> None:
    heard = []
    listen(lambda _app, event: heard.append(event.kind))
    gc.collect()
    change(app, world, adding(NETWORK), kind="add")
    assert heard == ["add"]


def test_it_is_heard_when_others_can_read_it(app: Flask, world: World, listen: Listen) -> None:
    seen = []

    def look(_app: Flask, event: StoredEvent) -> None:
        with db.engine.connect() as other:
            seen.append(other.execute(sa.select(Event.kind).where(Event.id == event.id)).scalar_one())

    listen(look)
    change(app, world, adding(NETWORK), kind="add")
    assert seen == ["add"]


def test_what_is_refused_repeated_or_changes_nothing_is_not_heard(
    app: Flask, world: World, heard: list[StoredEvent]
) -> None:
    operation = Operation("once", "fingerprint")
    for _ in range(2):
        change(app, world, adding(NETWORK), kind="add", operation=operation)
    change(app, world, lambda present: present)
    with pytest.raises(Duplicate):
        change(app, world, adding(NETWORK))
    assert [event.kind for event in heard] == ["add"]


def note(session: Session, world: World) -> None:
    """Record an act of the operator."""
    events.note(session, world.halden, "user_enable", {}, clock.now())


def test_what_is_rolled_back_is_never_heard(app: Flask, world: World, heard: list[StoredEvent]) -> None:
    def fail(session: Session) -> None:
        note(session, world)
        raise LookupError

    def give_up(session: Session) -> None:
        note(session, world)
        session.rollback()

    with app.app_context():
        with pytest.raises(LookupError):
            write(fail)
        write(give_up)
        assert try_write(give_up)
        write(lambda session: session.execute(sa.text("SELECT 1")))
    assert heard == []


def test_a_savepoint_that_is_rolled_back_silences_nothing(app: Flask, world: World, heard: list[StoredEvent]) -> None:
    def work(session: Session) -> None:
        note(session, world)
        with suppress(LookupError), session.begin_nested():
            raise LookupError

    with app.app_context():
        write(work)
    assert [event.kind for event in heard] == ["user_enable"]


def test_a_transaction_that_is_tried_again_is_heard_once(app: Flask, world: World, heard: list[StoredEvent]) -> None:
    tries = []

    def work(session: Session) -> None:
        note(session, world)
        tries.append(1)
        if len(tries) == 1:
            busy = sa.exc.OperationalError("", {}, Exception())
            busy.orig.sqlstate = "40001"  # type: ignore[union-attr]
            raise busy

    with app.app_context():
        write(work)
    assert (len(tries), len(heard)) == (2, 1)


def test_what_is_written_in_passing_is_heard_too(app: Flask, world: World, heard: list[StoredEvent]) -> None:
    with app.app_context():
        assert try_write(lambda session: note(session, world))
    assert [(event.kind, event.by, event.user_id) for event in heard] == [("user_enable", "operator", None)]


def test_a_repair_is_heard(app: Flask, world: World, heard: list[StoredEvent]) -> None:
    put_list(app, world.halden, "garbage/24")
    with app.app_context():
        repairs.repair(world.halden, OPERATOR, deactivate=False, now=clock.now())
    assert [event.kind for event in heard] == ["repair"]


def test_a_listener_that_fails_costs_neither_the_change_nor_the_others_and_is_logged(
    app: Flask, world: World, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    heard = []

    def fail(_app: Flask, _event: StoredEvent) -> None:
        raise LookupError("no mail server")

    for listener in (fail, lambda _app, event: heard.append(event), fail):
        listen(listener)
    with caplog.at_level(logging.ERROR):
        assert change(app, world, adding(NETWORK), kind="add").event_id
    assert len(heard) == 1
    assert [record.getMessage() for record in caplog.records] == ["a listener has failed"] * 2


def test_a_listener_may_read_and_write(app: Flask, world: World, listen: Listen) -> None:
    names = []

    def work(_app: Flask, event: StoredEvent) -> None:
        if event.kind == "add":
            write(lambda session: note(session, world))
            names.append(last_changes.last_change(event.account_id))

    listen(work)
    change(app, world, adding(NETWORK), kind="add")
    assert [change and change.by for change in names] == [as_dana(world).name]
