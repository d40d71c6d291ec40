"""Access: each sign-in and what was blocked, a page at a time, by who, what, network and days (R15)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.storage.test_history import are_nested
from tests.support.crowd import add_members
from tests.support.large import insert
from tests.support.past import plans, walked
from tests.support.quick import writing
from tests.support.world import World
from webapp.domain.address import parse_address
from webapp.domain.history_query import OPERATOR_ID, Filter
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage import access, blocked_attempts, history_search, write
from webapp.storage.access import BLOCKED, SIGN_IN, PastAccess
from webapp.storage.models import BlockedAttempt, PortalAccess, table_of

NOW = datetime(2026, 10, 2, 12, tzinfo=UTC)
TEXTS = ["192.0.2.7", "192.0.2.200", "198.51.100.9", "2001:db8:7::9", "2001:db8:7::a", "2001:db8:8::1", ""]


def sign_in(app: Flask, world: World, text: str, now: datetime = NOW, person: str = "sanne") -> None:
    """Somebody signs in from an address."""
    who = {"account_id": world.halden, "user_id": world.users[person]}
    address = parse_address(text) if text else None
    with app.app_context():
        write(lambda session: access.record_sign_in(session, address=address, now=now, **who))


def block(app: Flask, world: World, text: str, now: datetime = NOW, person: str = "sanne") -> None:
    """Somebody is not let in from an address."""
    who = {"account_id": world.halden, "user_id": world.users[person]}
    with app.app_context():
        write(lambda session: blocked_attempts.record(session, address=text or None, now=now, **who))


def everything(app: Flask, account_id: int, which: Filter, size: int = 7) -> list[PastAccess]:
    """Return all pages, one after the other."""
    with app.app_context():
        page = access.page(account_id, which, size=size)
        found = [*page.entries]
        while page.next:
            page = access.page(account_id, which, page.next, size)
            found += page.entries
    return found


def test_each_sign_in_is_kept_and_a_client_is_blocked_once_an_hour(app: Flask, world: World) -> None:
    for minute in range(3):
        sign_in(app, world, "192.0.2.7", NOW + timedelta(minutes=minute))
        block(app, world, f"2001:db8:7::{minute + 1}", NOW + timedelta(minutes=minute + 10))
    blocked, *signed_in = everything(app, world.halden, Filter())
    assert [one.at for one in signed_in] == [NOW + timedelta(minutes=minute) for minute in (2, 1, 0)]
    assert {(one.kind, one.by, one.address, one.count) for one in signed_in} == {(SIGN_IN, "Sanne Li", "192.0.2.7", 1)}
    assert (blocked.kind, blocked.address, blocked.count) == (BLOCKED, "2001:db8:7::3", 3)
    assert (blocked.at, blocked.last_at) == (NOW + timedelta(minutes=10), NOW + timedelta(minutes=12))


def fill(app: Flask, world: World) -> None:
    """Two people sign in and are blocked, from everywhere, some of it at the same moment."""
    dice = random.Random(14)  # noqa: S311 - the same each time
    for hour in range(60):
        act, person = dice.choice([sign_in, block]), dice.choice(["sanne", "mara"])
        act(app, world, dice.choice(TEXTS), NOW + timedelta(hours=hour // 2), person)


@pytest.mark.parametrize("text", ["", "0.0.0.0/0", "192.0.2.0/24", "192.0.2.7/32", "2001:db8:7::/64", "2001:db8::/32"])
@pytest.mark.parametrize("few", [history_search.FEW, 3], ids=["few", "many"])
def test_a_page_has_what_each_one_by_one_would_give(
    app: Flask, world: World, text: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FEW", few), ("RECENT", 10), ("MORE", 20)):
        monkeypatch.setattr(history_search, name, value)
    fill(app, world)
    network = Network.from_canonical(text) if text else None
    all_of_it = everything(app, world.halden, Filter(), 100)
    assert all_of_it == sorted(all_of_it, key=lambda one: (one.at, one.id), reverse=True)
    for who in (None, world.users["mara"]):
        for kinds in ((), (SIGN_IN,), (BLOCKED,)):
            for days in ((None, None), (NOW + timedelta(hours=5), NOW + timedelta(hours=20))):
                which = Filter(who, kinds, network, *days)
                assert everything(app, world.halden, which) == [one for one in all_of_it if is_wanted(one, which)]


def is_wanted(one: PastAccess, which: Filter) -> bool:
    """Whether the filter names it, by the standard library."""
    of_client = one.kind == BLOCKED and ":" in (one.address or "")
    text = f"{one.address[:-1]}/64" if one.address and of_client else one.address
    return (
        which.who in {None, one.user_id}
        and (not which.kinds or one.kind in which.kinds)
        and (which.since is None or which.since <= one.at)
        and (which.until is None or one.at < which.until)
        and (which.network is None or bool(text and are_nested(which.network.text, text)))
    )


def test_another_account_is_never_shown(app: Flask, world: World) -> None:
    fill(app, world)
    assert everything(app, world.northwind, Filter()) == []
    assert everything(app, world.northwind, Filter(network=Network.from_canonical("0.0.0.0/0"))) == []
    assert everything(app, world.halden, Filter(who=OPERATOR_ID)) == []


def rows(world: World, user_id: int, many: int) -> Iterator[dict[str, Any]]:
    """Yield so many sign-ins of somebody, the latest first."""
    for number in range(many):
        text, at = f"10.{number % 7}.{number % 250}.9", NOW - timedelta(minutes=number)
        own: dict[str, Any] = {"account_id": world.halden, "user_id": user_id, "kind": SIGN_IN, "at": at}
        yield own | {"address": text, "key": key_of(Network.from_canonical(f"{text}/32"))}


def test_of_a_person_the_latest_thousand_are_kept(app: Flask, world: World) -> None:
    with writing(app) as connection:
        insert(connection, PortalAccess, rows(world, world.users["sanne"], access.KEPT_SIGN_INS))
        insert(connection, PortalAccess, rows(world, world.users["mara"], 3))
    block(app, world, "192.0.2.9")
    sign_in(app, world, "192.0.2.7", NOW + timedelta(hours=1))
    own = everything(app, world.halden, Filter(who=world.users["sanne"]), 2_000)
    assert [one.kind for one in own].count(SIGN_IN) == access.KEPT_SIGN_INS
    assert (own[0].address, len(own)) == ("192.0.2.7", access.KEPT_SIGN_INS + 1)
    assert len(everything(app, world.halden, Filter(who=world.users["mara"]))) == 3


def test_what_was_blocked_goes_with_its_attempts(app: Flask, world: World) -> None:
    block(app, world, "192.0.2.9")
    with writing(app) as connection:
        connection.execute(sa.delete(table_of(BlockedAttempt)))
    assert everything(app, world.halden, Filter()) == []


def test_every_filter_is_answered_through_an_index(app: Flask, world: World) -> None:
    people = [world.users["mara"], *add_members(app, world.halden, 20)]
    with writing(app) as connection:
        for user_id in people:
            insert(connection, PortalAccess, rows(world, user_id, 1_000))
        connection.exec_driver_sql("ANALYZE")
    since, until = NOW - timedelta(hours=9), NOW - timedelta(hours=3)
    inside = Network.from_canonical("10.3.0.0/16")
    for which in (Filter(), Filter(who=world.users["mara"]), Filter(kinds=(SIGN_IN,)), Filter(network=inside)):
        for one in (which, replace(which, since=since, until=until)):
            for plan in plans(app, one, world.halden, access.page):
                assert "INDEX" in plan.upper() or "PRIMARY KEY" in plan, (one, plan)
                assert not walked(plan), (one, plan)
