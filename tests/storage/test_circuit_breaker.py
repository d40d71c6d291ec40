"""While the database does not answer, nobody waits for it; when it is heard again, everybody may ask."""

from __future__ import annotations

import threading
import time

import pytest
from flask import Flask

from tests.browser.matrix import ON_SQLITE
from tests.support.client import BASE, Browser
from tests.support.patience import wait_until
from tests.support.quick import on_each_statement, start_session, writing
from tests.support.statements import every_statement
from tests.support.world import HOME, World
from webapp.storage import Unavailable
from webapp.storage.engine.circuit_breaker import PROBE_EVERY_S, CircuitBreaker
from webapp.storage.engine.deadlines import REQUEST_BUDGET_S, deadline, deadline_paused


def no_answer() -> None:
    """Be a database that does not answer."""
    raise OSError


def is_closed(breaker: CircuitBreaker) -> bool:
    """Whether the circuit breaker lets requests through."""
    try:
        breaker.require_closed()
    except Unavailable:
        return False
    return True


def test_nobody_is_refused_while_the_database_is_heard() -> None:
    CircuitBreaker(no_answer).require_closed()


def test_whoever_comes_after_somebody_waited_in_vain_is_refused_at_once() -> None:
    answering = threading.Event()
    breaker = CircuitBreaker(lambda: None if answering.is_set() else no_answer())
    breaker.open()
    with pytest.raises(Unavailable):
        breaker.require_closed()
    time.sleep(PROBE_EVERY_S * 2)
    assert not is_closed(breaker)
    answering.set()
    wait_until(lambda: is_closed(breaker))


def test_one_thread_asks_however_many_have_waited() -> None:
    answering, asking = threading.Event(), set[int]()

    def ask() -> None:
        asking.add(threading.get_ident())
        if not answering.is_set():
            raise OSError

    breaker = CircuitBreaker(ask)
    for _ in range(20):
        breaker.open()
    time.sleep(PROBE_EVERY_S * 2)
    answering.set()
    wait_until(lambda: is_closed(breaker))
    assert len(asking) == 1


def test_without_a_thread_to_listen_there_is_no_silence_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    breaker = CircuitBreaker(lambda: None)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        breaker.open()
    breaker.require_closed()
    breaker.open()
    wait_until(lambda: is_closed(breaker))


def test_it_can_begin_again() -> None:
    breaker = CircuitBreaker(lambda: None)
    for _ in range(3):
        breaker.open()
        wait_until(lambda: is_closed(breaker))


def test_what_asks_no_database_costs_no_patience() -> None:
    until = time.monotonic() + 2
    reset = deadline.set(until)
    try:
        with deadline_paused():
            time.sleep(0.05)
        assert (deadline.get() or 0) >= until + 0.05
    finally:
        deadline.reset(reset)


def test_a_request_has_one_patience_for_all_its_statements_and_leaves_none_of_it_behind(
    app: Flask, world: World
) -> None:
    dana = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))
    seen: list[float | None] = []

    def look(*_: object) -> None:
        seen.append(deadline.get())

    with on_each_statement(app, look):
        assert dana.fetch(BASE).status_code == 200
        assert deadline.get() is None
    until = seen[0]
    assert len(seen) > 2
    assert set(seen) == {until}
    assert until is not None
    assert until - time.monotonic() <= REQUEST_BUDGET_S


def test_a_request_that_asks_for_nothing_but_its_session_leaves_no_deadline_behind(app: Flask, world: World) -> None:
    dana = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))
    assert dana.fetch("/").status_code == 200
    assert deadline.get() is None


@ON_SQLITE
@pytest.mark.parametrize("has_read", [True, False])
def test_waiting_for_the_turn_and_then_for_the_lock_does_not_add_up(app: Flask, world: World, has_read: bool) -> None:
    dana = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME) if has_read else None)
    path, fields = (
        (f"{BASE}/networks", {"network": "192.0.2.1"})
        if has_read
        else ("/login", {"email": "x@example.com", "password": "wrong"})
    )
    lock: threading.Lock = app.extensions["sqlite_write_lock"]
    with writing(app), every_statement(app) as log:  # as another process does, all the time
        lock.acquire()
        began = time.monotonic()
        threading.Timer(3, lock.release).start()
        answer = dana.send(path, fields)
        took = time.monotonic() - began
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    waits = [int(told.rpartition("=")[2]) for told in log if told.startswith("PRAGMA busy_timeout=")]
    assert took > 3
    assert 0 < waits[0] < 3_800  # 3 s for the turn and 4 s for the lock would be 7; a clock counts more
    app.extensions["circuit_breaker"].require_closed()  # what was left for the lock is too little to speak for all
    assert dana.send(path, fields).status_code == (303 if has_read else 401)
