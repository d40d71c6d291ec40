"""The recipe of `changing`, step by step (docs/architecture.md), on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.at_once import at_once
from tests.support.client import BASE, Browser, refusal_of
from tests.support.patience import PATIENCE_S
from tests.support.quick import (
    Snapshot,
    check_history,
    engine_of,
    events_of,
    put_list,
    read_list,
    scaled,
    start_session,
    writing,
)
from tests.support.statements import before_writing, every_statement, only_once
from tests.support.world import ELSEWHERE, HOME, World
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist, Duplicate, Gone, LeavesYouOut, Refused, Stale
from webapp.domain.comment import MAX_COMMENT
from webapp.domain.network import parse_network
from webapp.domain.standing import NotOwner
from webapp.runtime import clock
from webapp.storage import Unavailable, allowlists, db
from webapp.storage.allowlists import NoAccount, Outcome
from webapp.storage.engine.connections import BEGIN_WRITING
from webapp.storage.events import Actor, Operation
from webapp.storage.models import Account, Event, Membership, NetworkRow
from webapp.storage.network_facts import facts_of

Change = Callable[[Allowlist], Allowlist]


def adding(text: str, comment: str = "") -> Change:
    """Return the change that adds the network."""
    return lambda present: present.add(parse_network(text), comment)


def removing(text: str) -> Change:
    """Return the change that removes the network."""

    def change(present: Allowlist) -> Allowlist:
        entry_id = next(entry.id for entry in present.entries if entry.network.text == text)
        assert entry_id is not None
        return present.remove(entry_id)

    return change


def as_dana(world: World) -> Actor:
    """Return Dana, at home."""
    return Actor("Dana Kessler", world.users["dana"], parse_address(HOME))


def change(app: Flask, world: World, how: Change, *, kind: str = "import", **more: Any) -> Outcome:
    """Change Halden's list as Dana would, in an app context of its own."""
    with app.app_context():
        actor = more.pop("actor", None) or as_dana(world)
        return allowlists.changing(world.halden, actor, kind, how, now=clock.now, **more)


def set_role(app: Flask, world: World, person: str, role: str) -> None:
    """Give the person another role, beside the app's own functions."""
    with writing(app) as connection:
        found = (Membership.account_id == world.halden) & (Membership.user_id == world.users[person])
        connection.execute(sa.update(Membership).where(found).values(role=role))


def browser(app: Flask, world: World, person: str = "dana", address: str = HOME) -> Browser:
    """Return a browser in which the person is signed in."""
    return Browser(app, address, start_session(app, world.halden, world.users[person], address))


def is_postgresql(app: Flask) -> bool:
    """Whether the app's database is PostgreSQL."""
    return engine_of(app).dialect.name == "postgresql"


# How a change begins.


def test_the_first_statement_is_the_lock(app: Flask, world: World) -> None:
    with every_statement(app) as log:
        change(app, world, adding("10.0.0.0/8"))
    begin, lock = [statement for statement in log if not statement.startswith("PRAGMA")][:2]
    assert begin == (BEGIN_WRITING if is_postgresql(app) else "BEGIN IMMEDIATE")
    assert lock.startswith("UPDATE account SET allowlist_revision=")


def test_so_it_is_in_a_request_that_has_read_before(app: Flask, world: World) -> None:
    dana = browser(app, world)
    with every_statement(app) as log:
        answer = dana.send(BASE + "/networks", {"network": "10.0.0.0/8"})
    assert answer.status_code == 303
    lock = next(index for index, statement in enumerate(log) if statement.startswith("UPDATE"))
    assert log[lock].startswith("UPDATE account SET allowlist_revision=")
    assert log[lock - 1] == (BEGIN_WRITING if is_postgresql(app) else "BEGIN IMMEDIATE")


@pytest.mark.postgres
def test_postgresql_reads_committed(app: Flask, world: World) -> None:
    if not is_postgresql(app):
        return  # SQLite has one isolation, and BEGIN IMMEDIATE.
    seen: list[str] = []

    def look(present: Allowlist) -> Allowlist:
        seen.append(db.session.execute(sa.text("SHOW transaction_isolation")).scalar_one())
        return present

    change(app, world, look)
    assert seen == ["read committed"]


def test_the_requests_read_transaction_has_ended(app: Flask, second: Flask, world: World) -> None:
    with app.app_context():
        assert allowlists.load(world.halden).entries == ()
        before = db.session.connection()
        seen: list[bool] = []

        def look(present: Allowlist) -> Allowlist:
            seen.append(db.session.connection() is before)
            return present

        allowlists.changing(world.halden, as_dana(world), "import", look, now=clock.now)
    assert seen == [False]


# What is read again inside.


def test_an_owner_demoted_before_the_change_changes_nothing(app: Flask, second: Flask, world: World) -> None:
    dana = browser(app, world)
    put_list(app, world.halden, "10.0.0.0/8")
    before = read_list(app, world.halden)
    with before_writing(app, only_once(lambda: set_role(second, world, "dana", "member"))):
        answer = dana.send(BASE + "/networks", {"network": "172.16.0.0/12"})
    assert answer.status_code == 403
    assert "Only owners can change" in answer.text
    assert read_list(app, world.halden) == before
    assert events_of(app, world.halden) == []


def test_somebody_removed_before_the_change_changes_nothing(app: Flask, second: Flask, world: World) -> None:
    def remove_dana() -> None:
        with writing(second) as connection:
            connection.execute(sa.delete(Membership).where(Membership.user_id == world.users["dana"]))

    before = read_list(app, world.halden)
    with before_writing(app, only_once(remove_dana)), pytest.raises(NotOwner):
        change(app, world, adding("10.0.0.0/8"))
    assert read_list(app, world.halden) == before


def test_a_member_and_a_stranger_change_nothing(app: Flask, world: World) -> None:
    before = read_list(app, world.halden)
    for person in ("sanne", "ola"):
        with pytest.raises(NotOwner):
            change(app, world, adding("10.0.0.0/8"), actor=Actor(person, world.users[person], parse_address(HOME)))
    assert read_list(app, world.halden) == before


def test_the_operator_needs_no_role_and_no_address(app: Flask, world: World) -> None:
    put_list(app, world.halden, "10.0.0.0/8", active=True)
    assert not change(app, world, lambda present: present.deactivate(), actor=Actor("operator")).after.active
    with app.app_context(), pytest.raises(NoAccount):
        allowlists.changing(10**6, Actor("operator"), "import", lambda present: present, now=clock.now)


def test_rows_that_were_loaded_before_are_not_used(app: Flask, second: Flask, world: World) -> None:
    put_list(app, world.halden, "10.0.0.0/8")
    seen: list[Allowlist] = []

    def look(present: Allowlist) -> Allowlist:
        account = db.session.get(Account, world.halden)
        rows = db.session.scalars(sa.select(NetworkRow).where(NetworkRow.account_id == world.halden)).all()
        assert account is not None
        assert account.allowlist_active
        assert {row.network for row in rows} == {entry.network.text for entry in present.entries}
        seen.append(present)
        return present

    with app.app_context():
        kept = [db.session.get(Account, world.halden), *db.session.scalars(sa.select(NetworkRow))]
        allowlists.load(world.halden)
        put_list(second, world.halden, "203.0.113.0/24", "192.0.2.0/24", active=True)
        outcome = allowlists.changing(world.halden, as_dana(world), "import", look, now=clock.now)
    assert len(kept) == 2
    assert [entry.network.text for entry in seen[0].entries] == ["192.0.2.0/24", "203.0.113.0/24"]
    assert outcome.after.revision == read_list(app, world.halden).revision


def test_a_change_made_just_before_the_lock_is_seen(app: Flask, second: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", "203.0.113.42/32", active=True)
    other = Actor("Mara Osei", world.users["mara"], parse_address(HOME))

    def remove_the_other() -> None:
        change(second, world, removing("203.0.113.0/24"), actor=other)

    with before_writing(app, only_once(remove_the_other)), pytest.raises(LeavesYouOut):
        change(app, world, removing("203.0.113.42/32"))
    assert read_list(app, world.halden).texts == ["203.0.113.42/32"]


# A change that is refused.


def stale(_present: Allowlist) -> Allowlist:
    """Refuse."""
    raise Stale


def broken(present: Allowlist) -> Allowlist:
    """Fail as a bug would."""
    raise IndexError(present.entries[:1])


REFUSALS: dict[str, tuple[Change, type[Exception]]] = {
    "duplicate": (adding("203.0.113.0/24"), Duplicate),
    "gone": (lambda present: present.remove(10**6), Gone),
    "leaves you out": (removing("203.0.113.0/24"), LeavesYouOut),
    "leaves you out, with another way": (lambda p: replace(removing("203.0.113.0/24")(p), active=True), LeavesYouOut),
    "stale": (stale, Stale),
    "a bug": (broken, IndexError),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_change_leaves_no_trace(app: Flask, world: World, name: str) -> None:
    how, why = REFUSALS[name]
    put_list(app, world.halden, "203.0.113.0/24", "10.0.0.0/8", active=True)
    before = read_list(app, world.halden)
    with pytest.raises(why):
        change(app, world, how, operation=Operation("once", "f"))
    assert read_list(app, world.halden) == before
    assert events_of(app, world.halden) == []
    change(app, world, adding("192.0.2.0/24"))  # and the lock is gone


def test_what_fails_while_it_is_written_leaves_no_trace(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24")
    before = read_list(app, world.halden)
    with pytest.raises((sa.exc.IntegrityError, sa.exc.DataError)):
        change(app, world, adding("10.0.0.0/8", "x" * (MAX_COMMENT + 1)))  # The database's own check.
    assert read_list(app, world.halden) == before
    assert events_of(app, world.halden) == []


def test_what_changes_nothing_is_no_change(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    before = read_list(app, world.halden)
    outcome = change(app, world, lambda present: present.activate(parse_address(HOME)))
    assert outcome.before is outcome.after  # As read under the lock: what is read later can be without the network.
    assert (outcome.event_id, outcome.after.revision) == (None, before.revision)
    assert read_list(app, world.halden) == before
    assert events_of(app, world.halden) == []


# Tried again.


class Attempts:
    """Counts the transactions that were begun, and does something before one of them."""

    def __init__(self, at: int = 0, act: Callable[[], None] = lambda: None) -> None:
        self.count = 0
        self._at, self._act = at, act

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._at:
            self._act()


def assert_no_connection_is_left(app: Flask) -> None:
    """A failed BEGIN must not take its connection out of the pool for good."""
    pool = engine_of(app).pool
    assert isinstance(pool, sa.pool.QueuePool)
    assert pool.checkedout() == 0


def test_a_locked_sqlite_is_tried_again(app: Flask, impatient: Flask, world: World) -> None:
    if is_postgresql(app):
        return
    start = read_list(app, world.halden)
    with ExitStack() as holder:
        holder.enter_context(writing(app))
        attempts = Attempts(3, holder.close)
        with before_writing(impatient, attempts):
            change(impatient, world, adding("10.0.0.0/8"))
    assert attempts.count == 3
    assert check_history(app, world.halden, start) == 1
    assert_no_connection_is_left(impatient)


@pytest.mark.postgres
def test_a_deadlock_of_postgresql_is_tried_again(app: Flask, impatient: Flask, second: Flask, world: World) -> None:
    if not is_postgresql(app):
        return
    put_list(app, world.halden, "10.0.0.0/8")
    start, attempts, locked = read_list(app, world.halden), Attempts(), threading.Event()
    is_over = threading.Event()

    def cross() -> None:
        """Hold the network, wait until the change holds the account and wants the network, then want the account."""
        with writing(second) as connection:
            connection.execute(sa.text("SELECT 1 FROM network FOR UPDATE"))
            locked.set()
            connection.execute(sa.text("SET LOCAL deadlock_timeout = '20s'"))
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not connection.execute(sa.text(waiting)).scalar_one() and not is_over.is_set():
                pass
            connection.execute(sa.text("SET LOCAL lock_timeout = '20s'"))
            connection.execute(sa.text("SELECT 1 FROM account WHERE id = :id FOR UPDATE"), {"id": world.halden})

    # The change waits for the network with a deadlock_timeout that gives the other one the time to close the circle.
    with ThreadPoolExecutor(1) as threads, before_writing(impatient, attempts):
        crossing = threads.submit(cross)
        assert locked.wait(PATIENCE_S)
        try:
            change(impatient, world, removing("10.0.0.0/8"))
        finally:
            is_over.set()
        crossing.result()
    assert attempts.count > 1
    assert check_history(app, world.halden, start) == 1
    assert_no_connection_is_left(impatient)


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_postgresql_may_ask_to_try_again(app: Flask, world: World, state: str) -> None:
    if not is_postgresql(app):
        return
    start, tries = read_list(app, world.halden), Attempts()
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END $$"

    def fail_twice(present: Allowlist) -> Allowlist:
        tries()
        if tries.count < 3:
            db.session.execute(sa.text(statement))
        return present.add(parse_network("10.0.0.0/8"))

    change(app, world, fail_twice)
    assert tries.count == 3
    assert check_history(app, world.halden, start) == 1


@pytest.mark.postgres
def test_another_error_of_the_database_is_not_tried_again(app: Flask, world: World) -> None:
    before, tries = read_list(app, world.halden), Attempts()

    def fail(present: Allowlist) -> Allowlist:
        tries()
        db.session.execute(sa.text("SELECT * FROM nowhere"))
        return present

    with pytest.raises(sa.exc.DBAPIError):
        change(app, world, fail)
    assert tries.count == 1
    assert read_list(app, world.halden) == before


def test_a_locked_sqlite_is_unavailable_in_the_end(app: Flask, impatient: Flask, world: World) -> None:
    if is_postgresql(app):
        return
    attempts, before = Attempts(), read_list(app, world.halden)
    with writing(app), before_writing(impatient, attempts), pytest.raises(Unavailable):
        change(impatient, world, adding("10.0.0.0/8"))
    assert 3 <= attempts.count <= 10
    assert read_list(app, world.halden) == before
    assert_no_connection_is_left(impatient)


@pytest.mark.postgres
def test_postgresql_that_asks_for_ever_is_unavailable_in_the_end(app: Flask, world: World) -> None:
    if not is_postgresql(app):
        return
    tries, before = Attempts(), read_list(app, world.halden)

    def fail(present: Allowlist) -> Allowlist:
        tries()
        db.session.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$"))
        return present

    with pytest.raises(Unavailable):
        change(app, world, fail)
    assert 3 <= tries.count <= 10
    assert read_list(app, world.halden) == before
    assert_no_connection_is_left(app)


def test_a_lock_that_stays_is_503_with_retry_after(app: Flask, impatient: Flask, world: World, htmx: bool) -> None:
    dana = browser(impatient, world)
    before = read_list(app, world.halden)
    with writing(app) as connection:
        connection.execute(sa.update(Account).values(name=Account.name))
        answer = dana.send(BASE + "/networks", {"network": "10.0.0.0/8"}, htmx=htmx)
        assert dana.fetch(BASE).status_code == 200  # Reading goes on.
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert read_list(app, world.halden) == before
    assert dana.send(BASE + "/networks", {"network": "10.0.0.0/8"}, htmx=htmx).status_code == (200 if htmx else 303)
    assert_no_connection_is_left(impatient)


# What is kept of a change.


def test_the_event_says_who_from_where_what_before_and_after(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", "10.0.0.0/8", active=True)
    moment, before = clock.now(), read_list(app, world.halden)
    outcome = change(app, world, adding("192.0.2.0/24", "Lab"), kind="add", operation=Operation("once", "print"))
    (event,) = events_of(app, world.halden)
    assert event.id == outcome.event_id
    assert (event.actor, event.user_id, event.address) == ("Dana Kessler", world.users["dana"], HOME)
    assert (event.kind, event.operation, event.fingerprint) == ("add", "once", "print")
    assert moment <= event.at <= clock.now()
    assert event.before == {"active": True, "revision": before.revision, "networks": []}
    after = read_list(app, world.halden)
    entry = outcome.added[0]
    added = {"id": after.networks[0][0], "network": "192.0.2.0/24", "comment": "Lab"} | facts_of(entry)
    assert (entry.added_by, entry.added_by_id, entry.position) == ("Dana Kessler", world.users["dana"], entry.id)
    assert event.after == {"active": True, "revision": after.revision, "networks": [added]}


def test_every_kind_of_change_is_an_event_and_they_lead_from_list_to_list(app: Flask, world: World) -> None:
    start, dana = read_list(app, world.halden), browser(app, world)

    def post(path: str, **fields: str) -> None:
        answer = dana.send(BASE + path, fields)
        assert answer.status_code == 303, refusal_of(answer)

    def of(text: str) -> tuple[str, str]:
        with app.app_context():
            entries = allowlists.load(world.halden).entries
        entry = next(entry for entry in entries if entry.network.text == text)
        return f"/networks/{entry.id}", entry.version

    post("/networks", network="10.0.0.0/8", comment="one")
    post("/activate", version=read_list(app, world.halden).revision, add_current="1", comment="two")
    path, version = of("10.0.0.0/8")
    post(path, version=version, network="192.0.2.0/24", comment="three")
    path, version = of("192.0.2.0/24")
    post(path + "/delete", version=version)
    path, version = of(f"{HOME}/32")
    post(path + "/delete", version=version, then="deactivate")
    post("/networks/current", comment="four")
    post("/deactivate")  # inactive already: no event
    assert check_history(app, world.halden, start) == 6
    kinds = [event.kind for event in events_of(app, world.halden)]
    assert kinds == ["add", "activate", "edit", "delete", "delete", "add"]
    assert read_list(app, world.halden).texts == [f"{HOME}/32"]


def test_what_the_operator_does_is_an_event_without_user_and_address(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    change(app, world, lambda present: present.deactivate(), kind="deactivate", actor=Actor("operator"))
    (event,) = events_of(app, world.halden)
    assert (event.actor, event.user_id, event.address, event.kind) == ("operator", None, None, "deactivate")
    assert (event.before["active"], event.after["active"]) == (True, False)


# The same form sent twice.


def test_an_operation_is_applied_once(app: Flask, world: World) -> None:
    once = Operation("once", "print")
    first = change(app, world, adding("10.0.0.0/8"), operation=once)
    again = change(app, world, adding("10.0.0.0/8"), operation=once)
    assert not first.repeated
    assert again.repeated
    assert again.before == again.after == first.after
    assert again.after.revision == first.after.revision == read_list(app, world.halden).revision
    assert len(events_of(app, world.halden)) == 1


def test_an_operation_used_for_something_else_is_stale(app: Flask, world: World) -> None:
    change(app, world, adding("10.0.0.0/8"), operation=Operation("once", "one"))
    before = read_list(app, world.halden)
    with pytest.raises(Stale):
        change(app, world, adding("192.0.2.0/24"), operation=Operation("once", "two"))
    assert read_list(app, world.halden) == before


def test_operations_belong_to_account_and_user(app: Flask, world: World) -> None:
    once = Operation("once", "print")
    mara = Actor("Mara Osei", world.users["mara"], parse_address(HOME))
    ola = Actor("Ola Berg", world.users["ola"], parse_address(HOME))
    assert not change(app, world, adding("10.0.0.0/8"), operation=once).repeated
    assert not change(app, world, adding("192.0.2.0/24"), operation=once, actor=mara).repeated
    elsewhere = replace(world, halden=world.northwind)
    assert not change(app, elsewhere, adding("10.0.0.0/8"), operation=once, actor=ola).repeated


def test_a_refused_operation_is_not_remembered(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    once = Operation("once", "print")
    with pytest.raises(Refused):
        change(app, world, removing("203.0.113.0/24"), operation=once)
    assert not change(app, world, removing("203.0.113.0/24"), operation=once, then="deactivate").repeated


def test_a_form_sent_twice_at_the_same_moment_has_one_effect(app: Flask, second: Flask, world: World) -> None:
    start = read_list(app, world.halden)
    session_id = start_session(app, world.halden, world.users["dana"], HOME)
    browsers = [Browser(one, HOME, session_id) for one in (app, second)]
    rounds = scaled(30)
    with at_once(app, second) as both:
        for number in range(rounds):
            fields = {"network": f"10.0.{number}.0/24", "operation": f"once-{number}"}

            def post(one: Browser, fields: dict[str, str] = fields) -> int:
                return one.send(BASE + "/networks", fields).status_code

            assert both.run(lambda: post(browsers[0]), lambda: post(browsers[1])) == (303, 303)
    assert both.overlapped == rounds
    assert check_history(app, world.halden, start) == rounds


def test_the_database_holds_operations_apart(app: Flask, world: World) -> None:
    change(app, world, adding("10.0.0.0/8"), operation=Operation("once", "print"))
    (event,) = events_of(app, world.halden)
    values = {name: value for name, value in event._asdict().items() if name != "id"}
    with pytest.raises(sa.exc.IntegrityError), writing(app) as connection:
        connection.execute(sa.insert(Event).values(**values))


# Ids, revisions, versions.


def test_network_ids_are_never_used_again(app: Flask, world: World) -> None:
    seen: list[int] = []
    for _ in range(5):
        added = change(app, world, adding("10.0.0.0/8")).after.entries[0]
        assert added.id is not None
        assert all(added.id > other for other in seen)
        seen.append(added.id)
        change(app, world, removing("10.0.0.0/8"))
        assert read_list(app, world.halden).networks == ()


def test_an_old_form_does_not_hit_the_next_network(app: Flask, world: World) -> None:
    dana = browser(app, world)
    old = put_list(app, world.halden, "10.0.0.0/8")["10.0.0.0/8"]
    change(app, world, removing("10.0.0.0/8"))
    change(app, world, adding("192.0.2.0/24"))
    answer = dana.send(f"{BASE}/networks/{old.id}/delete", {"version": old.version})
    assert (answer.status_code, refusal_of(answer)) == (404, "gone")
    assert read_list(app, world.halden).texts == ["192.0.2.0/24"]


def test_revisions_are_random_and_new_at_every_change(app: Flask, world: World) -> None:
    revisions = [read_list(app, world.halden).revision]
    for number in range(30):
        outcome = change(app, world, adding(f"10.{number}.0.0/16"))
        assert outcome.before.revision == revisions[-1]
        revisions.append(outcome.after.revision)
        assert read_list(app, world.halden).revision == revisions[-1]
    assert len(set(revisions)) == 31
    assert {len(revision) for revision in revisions} == {16}
    numbers = [int(revision, 16) for revision in revisions]
    assert numbers != sorted(numbers)
    assert max(numbers) > 2**60


def test_a_row_gets_a_new_version_when_it_is_written_and_only_then(app: Flask, world: World) -> None:
    first = change(app, world, adding("10.0.0.0/8")).after.entries[0]
    both = change(app, world, adding("192.0.2.0/24")).after.entries
    assert both[1] == first
    assert first.id is not None
    edited = change(app, world, lambda p: p.edit(first.id or 0, parse_network("10.0.0.0/8"), "new")).after
    assert edited.get(first.id).version != first.version
    assert edited.entries[0] == both[0]


def test_what_a_change_returns_is_what_is_stored(app: Flask, world: World) -> None:
    def swap(present: Allowlist) -> Allowlist:
        present = removing("10.0.0.0/8")(present)
        for text in ("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"):
            present = present.add(parse_network(text), text)
        return present

    change(app, world, adding("10.0.0.0/8"))
    outcome = change(app, world, swap)
    with app.app_context():
        stored = allowlists.load(world.halden)
    assert stored == outcome.after
    assert stored.revision == outcome.after.revision
    assert [entry.added_at for entry in stored.entries] == [entry.added_at for entry in outcome.after.entries]
    assert read_list(app, world.halden) == Snapshot(
        False,
        stored.revision,
        tuple((entry.id or 0, entry.network.text, entry.comment) for entry in stored.entries),
    )


def test_another_account_is_untouched(app: Flask, world: World) -> None:
    put_list(app, world.northwind, "10.0.0.0/8", active=True)
    before = read_list(app, world.northwind)
    change(app, world, adding("10.0.0.0/8"))
    change(app, world, removing("10.0.0.0/8"))
    assert read_list(app, world.northwind) == before
    dana = browser(app, world)
    answer = dana.send(f"{BASE}/networks/{before.networks[0][0]}/delete", {"version": "x"})
    assert (answer.status_code, refusal_of(answer)) == (404, "gone")
    assert read_list(app, world.northwind) == before
    assert dana.fetch("/").status_code == 200
    assert Browser(app, ELSEWHERE).fetch("/").status_code == 303
