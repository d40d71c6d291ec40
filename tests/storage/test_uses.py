"""From where people used the portal: a row a person and client, bounded, and kept for 90 days (R19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.at_once import at_once
from tests.support.crowd import add_members
from tests.support.large import insert
from tests.support.quick import engine_of, writing
from tests.support.statements import statements
from tests.support.world import OFFICE, World
from webapp.domain.address import parse_address
from webapp.storage import uses, write
from webapp.storage.models import Membership, PortalUse, User

NOW = datetime(2026, 10, 2, 12, tzinfo=UTC)
ONE_64 = [f"2001:db8:7::{number:x}" for number in range(1, 12)]


def use(app: Flask, world: World, text: str, now: datetime = NOW, person: str = "sanne") -> None:
    """Somebody uses the portal from an address."""
    who = {"account_id": world.halden, "user_id": world.users[person]}
    with app.app_context():
        write(lambda session: uses.record(session, address=parse_address(text), now=now, **who))


class Known(NamedTuple):
    """What is remembered of a use."""

    name: str
    is_owner: bool
    client: str
    addresses: tuple[str, ...]
    days: int
    last_at: datetime


def known(app: Flask, world: World, now: datetime = NOW) -> list[Known]:
    """Return what is remembered of the account, the latest first."""
    with app.app_context():
        found, owners, _ = uses.of_account(world.halden, now)
        seen = uses.seen(found)
    return [
        Known(told.name, use.user_id in owners, use.client, tuple(use.addresses.split()), use.days, told.last_at)
        for use in found
        for told in [seen[use.id]]
    ]


def test_a_client_is_one_row_with_its_latest_eight_addresses(app: Flask, world: World) -> None:
    for minute, text in enumerate([*ONE_64, ONE_64[5]]):
        use(app, world, text, NOW + timedelta(minutes=minute))
    (row,) = known(app, world)
    assert (row.client, row.days, row.last_at) == ("2001:db8:7::/64", 1, NOW + timedelta(minutes=11))
    assert row.addresses == (ONE_64[5], *ONE_64[:5:-1], *ONE_64[4:2:-1])


def test_an_address_that_others_begin_or_end_with_stays_its_own(app: Flask, world: World) -> None:
    texts = ["2001:db8:7::1", "2001:db8:7::11", "2001:db8:7:0:1::1"]
    for text in [*texts, *texts]:
        use(app, world, text)
    assert known(app, world)[0].addresses == tuple(reversed(texts))


def test_days_are_counted_once_each_in_utc(app: Flask, world: World) -> None:
    for hours in (0, 1, 11.9, 12, 13, 60):
        use(app, world, OFFICE, NOW + timedelta(hours=hours))
    assert [one.days for one in known(app, world)] == [3]


def test_each_person_and_account_has_its_own(app: Flask, world: World) -> None:
    for person in ("sanne", "mara"):
        use(app, world, OFFICE, person=person)
    assert {(one.name, one.is_owner) for one in known(app, world)} == {("Sanne Li", False), ("Mara Osei", True)}
    with app.app_context():
        assert uses.of_account(world.northwind, NOW).looked_at == []


def test_who_is_disabled_or_no_member_any_more_is_not_asked_about(app: Flask, world: World) -> None:
    for person in ("sanne", "mara", "dana"):
        use(app, world, OFFICE, person=person)
    with writing(app) as connection:
        connection.execute(sa.update(User).where(User.id == world.users["mara"]).values(disabled_at=NOW))
        connection.execute(sa.delete(Membership).where(Membership.user_id == world.users["sanne"]))
    assert [one.name for one in known(app, world)] == ["Dana Kessler"]


def test_after_90_days_a_use_is_forgotten(app: Flask, world: World) -> None:
    use(app, world, OFFICE)
    assert known(app, world, NOW + uses.KEPT_FOR - timedelta(seconds=1))
    assert known(app, world, NOW + uses.KEPT_FOR) == []


def test_a_known_client_costs_one_statement_and_a_new_one_no_more_than_three(app: Flask, world: World) -> None:
    use(app, world, ONE_64[0])
    for text, most in ((ONE_64[0], 1), (ONE_64[1], 1), (OFFICE, 3)):
        with statements(app) as log:
            use(app, world, text)
        assert sum("portal_use" in statement for statement in log) == most, log


def rows_of(world: World, user_id: int, many: int, last: datetime) -> Iterator[dict[str, Any]]:
    """Yield so many clients of somebody, the latest first."""
    for number in range(many):
        client, at = f"2001:db8:{number:x}::", last - timedelta(minutes=number)
        row: dict[str, Any] = {"account_id": world.halden, "user_id": user_id, "client": f"{client}/64", "days": 1}
        yield row | {"addresses": f"{client}9", "first_at": at, "last_at": at}


def test_of_a_person_the_least_recently_used_goes_first(app: Flask, world: World) -> None:
    with writing(app) as connection:
        insert(connection, PortalUse, rows_of(world, world.users["sanne"], uses.KEPT_CLIENTS, NOW))
        insert(connection, PortalUse, rows_of(world, world.users["mara"], 3, NOW - timedelta(days=9)))
    last = f"2001:db8:{uses.KEPT_CLIENTS - 1:x}::7"
    for text in (last, OFFICE):  # the one that would go next is used once more
        use(app, world, text, NOW + timedelta(hours=1))
    own = [one for one in known(app, world) if one.name == "Sanne Li"]
    assert (len(own), own[-1].last_at) == (uses.KEPT_CLIENTS, NOW - timedelta(minutes=uses.KEPT_CLIENTS - 3))
    assert len(known(app, world)) == uses.KEPT_CLIENTS + 3


def test_at_most_ten_thousand_are_looked_at_and_the_others_counted(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uses, "LOOKED_AT", 40)
    with writing(app) as connection:
        insert(connection, PortalUse, rows_of(world, world.users["sanne"], 47, NOW))
    with app.app_context():
        found = uses.of_account(world.halden, NOW)
    assert (len(found.looked_at), found.earlier, found.looked_at[0].client) == (40, 7, "2001:db8:0::/64")


def test_two_requests_at_once_count_one_row_and_one_day(app: Flask, second: Flask, world: World) -> None:
    minutes = count()
    with at_once(app, second) as pairs:
        for number in range(10):
            text, at = f"198.51.100.{number}", NOW + timedelta(minutes=next(minutes))
            pairs.run(*(partial(use, one, world, text, at) for one in (app, second)))
    assert [(one.days, one.addresses) for one in known(app, world)] == [
        (1, (f"198.51.100.{number}",)) for number in range(9, -1, -1)
    ]


def test_they_are_found_by_indexes(app: Flask, world: World) -> None:
    people = add_members(app, world.halden, 20)
    with writing(app) as connection:
        for user_id in people:
            insert(connection, PortalUse, rows_of(world, user_id, 100, NOW))
        connection.exec_driver_sql("ANALYZE")
    asked = {"account_id": world.northwind, "since": NOW, "most": 40}
    explain = "EXPLAIN QUERY PLAN" if engine_of(app).dialect.name == "sqlite" else "EXPLAIN"
    with engine_of(app).connect() as connection:
        for statement in uses.STATEMENTS:
            compiled = statement.compile(connection)
            values: Any = compiled.construct_params(asked)
            if compiled.positiontup is not None:
                values = tuple(str(values[name]) for name in compiled.positiontup)
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}", values))
            assert "ix_portal_use_account_id_last_at_user_id" in plan
