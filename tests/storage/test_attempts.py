"""Blocked attempts: one row per person, client and hour; references with an address and a time of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import Clock
from tests.support.at_once import at_once
from tests.support.quick import engine_of, writing
from tests.support.world import ELSEWHERE, OFFICE, TRANSLATED, World
from webapp.storage import blocked_attempts, blocked_statistics, write
from webapp.storage.engine import purging
from webapp.storage.models import BlockedAttempt, BlockedReference

NOW = datetime(2026, 9, 25, 14, 32, tzinfo=UTC)
ONE_64 = [f"2001:db8:77::{number:x}" for number in range(1, 41)]


def record(app: Flask, world: World, address: str | None, now: datetime = NOW, person: str = "sanne") -> str:
    """Record an attempt and return its reference."""
    fields: dict[str, Any] = {"account_id": world.halden, "user_id": world.users[person], "address": address}
    with app.app_context():
        return write(lambda session: blocked_attempts.record(session, now=now, **fields))


def count(app: Flask, table: type[Any]) -> int:
    """Return how many rows the table has."""
    with engine_of(app).connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_forty_addresses_of_one_64_are_one_row_with_twenty_references(app: Flask, world: World) -> None:
    given = [record(app, world, text, NOW + timedelta(minutes=number / 2)) for number, text in enumerate(ONE_64)]
    assert (count(app, BlockedAttempt), count(app, BlockedReference)) == (1, 20)
    assert len(set(given[:20])) == 20
    assert set(given[19:]) == {given[19]}
    with app.app_context():
        listed, lines = blocked_statistics.latest(
            world.halden, NOW - timedelta(hours=1), NOW + timedelta(minutes=20), 5
        )
    assert [(one.count, str(one.address)) for one in listed] == [(40, ONE_64[-1])]
    assert lines == 1


def test_each_reference_keeps_the_address_and_the_time_that_were_shown_with_it(app: Flask, world: World) -> None:
    shown: dict[str, blocked_attempts.Blocked] = {}
    for number, text in enumerate(ONE_64):
        reference = record(app, world, text, NOW + timedelta(minutes=number / 2))
        with app.app_context():
            page = blocked_attempts.find(reference)
        assert page is not None
        assert page.address == text or number >= 20
        shown.setdefault(reference, page)
        assert shown[reference] == page
    with app.app_context():
        for reference, page in shown.items():
            found = blocked_attempts.with_reference(world.halden, reference)
            assert found is not None
            assert (str(found.address), found.first_at, found.last_at, found.count) == (
                page.address,
                page.at,
                page.at,
                1,
            )


def test_the_same_address_is_given_its_own_reference_again(app: Flask, world: World) -> None:
    one, other = record(app, world, ONE_64[0]), record(app, world, ONE_64[1])
    later = NOW + timedelta(minutes=5)
    assert record(app, world, ONE_64[0], later) == one != other
    with app.app_context():
        found, page = blocked_attempts.with_reference(world.halden, one), blocked_attempts.find(one)
    assert found is not None
    assert page is not None
    assert (found.count, found.first_at, found.last_at, page.at) == (2, NOW, later, later)


def test_whoever_the_throttle_tells_apart_has_a_row_of_their_own(app: Flask, world: World) -> None:
    for address in (OFFICE, TRANSLATED[0], ELSEWHERE, None, *TRANSLATED[1:], ONE_64[0], "2001:db8:78::1"):
        record(app, world, address)
    with engine_of(app).connect() as connection:
        clients = set(connection.scalars(sa.select(BlockedAttempt.address)))
    assert clients == {OFFICE, ELSEWHERE, "", *TRANSLATED[1:], "2001:db8:77::", "2001:db8:78::"}


def test_two_at_once_never_make_a_21st_reference(app: Flask, second: Flask, world: World) -> None:
    for text in ONE_64[:19]:
        record(app, world, text)
    with at_once(app, second) as pairs:
        for one, other in zip(ONE_64[19:29], ONE_64[29:39], strict=True):
            pairs.run(lambda a=one: record(app, world, a), lambda a=other: record(second, world, a))  # type: ignore[misc]
        first = pairs.run(lambda: record(app, world, ELSEWHERE), lambda: record(second, world, ELSEWHERE))
        assert pairs.overlapped == 11
    assert (count(app, BlockedAttempt), count(app, BlockedReference)) == (2, 21)
    assert first[0] == first[1]


def test_attempts_of_any_account_go_after_ninety_days_a_few_at_a_time(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "BATCH_SIZE", 2)
    kept = record(app, world, ELSEWHERE, NOW - timedelta(days=89))
    for day in range(5):
        record(app, world, ONE_64[0], NOW - timedelta(days=91 + day), person="ola")
    for left in (3, 1, 0):
        with app.app_context():
            write(lambda session: blocked_attempts.purge(session, NOW))
        assert (count(app, BlockedAttempt), count(app, BlockedReference)) == (left + 1, left + 1)
    with app.app_context():
        assert blocked_attempts.find(kept) is not None


def test_recording_and_signing_in_purge(app: Flask, world: World, portal: Any, time: Clock) -> None:
    for act in (lambda: record(app, world, ELSEWHERE, time.now()), lambda: portal.signed_in_by_page("dana")):
        record(app, world, ONE_64[0], time.now())
        time.advance(timedelta(days=91))
        act()
        with engine_of(app).connect() as connection:
            oldest = connection.scalar(sa.select(sa.func.min(BlockedAttempt.last_at)))
        assert oldest in (None, time.now())


def test_what_an_older_release_has_recorded_is_found_and_counted(app: Flask, world: World) -> None:
    old = {"account_id": world.halden, "user_id": world.users["sanne"], "count": 3, "reference": "blk_0000-0001"}
    moments = {"hour": NOW.replace(minute=0), "first_at": NOW, "last_at": NOW + timedelta(minutes=2)}
    with writing(app) as connection:
        connection.execute(sa.insert(BlockedAttempt).values(address=ELSEWHERE, **old, **moments))
    fresh = record(app, world, ELSEWHERE, NOW + timedelta(minutes=9))
    with app.app_context():
        for reference, times, last in (("blk_0000-0001", 4, 9), (fresh, 1, 9)):
            found, page = blocked_attempts.with_reference(world.halden, reference), blocked_attempts.find(reference)
            assert found is not None
            assert page is not None
            assert (found.count, page.address, page.at) == (times, ELSEWHERE, NOW + timedelta(minutes=last))
        assert blocked_attempts.with_reference(world.northwind, "blk_0000-0001") is None
        assert blocked_statistics.most_frequent(world.halden, NOW - timedelta(days=1)) == ELSEWHERE


def many_rows(world: World) -> Iterator[tuple[str, datetime, int, dict[str, Any]]]:
    """Yield address, moment, count and row of twelve clients in 400 hours; three try every hour, and are the latest."""
    for number in range(12):
        address, user = f"192.0.2.{number}", world.users["sanne" if number % 2 else "ola"]
        for hours in range(number, 400, 1 if number < 3 else 5 * number):
            at, often = NOW - timedelta(hours=hours, minutes=hours * 7 % 33), 1 + hours % 9
            row = {"account_id": world.halden, "user_id": user, "address": address, "reference": f"{number} {hours}"}
            moments = {"hour": at.replace(minute=0), "first_at": at, "last_at": at}
            yield address, at, often, row | moments | {"count": often}


def test_the_latest_are_those_that_all_rows_would_tell(app: Flask, world: World) -> None:
    since, told = NOW - timedelta(days=13), dict[str, list[tuple[datetime, int]]]()
    with writing(app) as connection:
        for address, at, often, row in many_rows(world):
            connection.execute(sa.insert(BlockedAttempt).values(row))
            if at.replace(minute=0) >= since:
                told.setdefault(address, []).append((at, often))
    lines = sorted(told.items(), key=lambda line: max(line[1]), reverse=True)
    for limit in (1, 4, 7, 20):
        with app.app_context():
            shown, total = blocked_statistics.latest(world.halden, since, NOW, limit)
        assert total == len(lines)
        assert [(str(one.address), one.first_at, one.last_at, one.count) for one in shown] == [
            (address, min(these)[0], max(these)[0], sum(often for _, often in these))
            for address, these in lines[:limit]
        ]
