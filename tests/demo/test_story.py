"""The demo's story holds together: who was let in, and who was not, fits the list of that moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.client import BASE, Browser
from tests.support.quick import engine_of, writing
from webapp.demo import sample_data, story
from webapp.demo.bar import PLACES
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist
from webapp.storage import access, allowlists
from webapp.storage.models import (
    BlockedAttempt,
    Event,
    Membership,
    PortalAccess,
    PortalSessionRow,
    PortalUse,
    SignIn,
    User,
)

HALDEN, NORTHWIND = 1, 2


def rows(app: Flask, query: sa.Executable) -> list[Any]:
    """Ask the database."""
    with engine_of(app).connect() as connection:
        return list(connection.execute(query))


def rows_of(app: Flask, column: Any) -> list[Any]:
    """Ask the database for one column."""
    return [row[0] for row in rows(app, sa.select(column))]


def active_time(app: Flask) -> tuple[datetime, datetime]:
    """Return from when to when Halden's list was active."""
    moments = dict(rows(app, sa.select(Event.kind, Event.at).where(Event.account_id == HALDEN, Event.kind != "add")))
    return moments["activate"], moments["deactivate"]


def halden(app: Flask) -> Allowlist:
    """Return Halden's list, of which no network has changed since it was active."""
    with app.app_context():
        return allowlists.load(HALDEN)


def test_people_were_blocked_while_the_list_was_active_only(demo_app: Flask) -> None:
    begin, end = active_time(demo_app)
    attempt = BlockedAttempt
    found = rows(demo_app, sa.select(attempt.account_id, attempt.address, attempt.first_at, attempt.last_at))
    assert len(found) > 10
    for account_id, address, first_at, last_at in found:
        assert account_id == HALDEN
        assert begin < first_at <= last_at < end
        assert not halden(demo_app).covers(parse_address(address.partition("/")[0]))


def test_while_it_was_active_people_signed_in_from_its_networks_only(demo_app: Flask) -> None:
    begin, end = active_time(demo_app)
    signed_in = rows(demo_app, sa.select(SignIn.address, SignIn.last_at).where(SignIn.account_id == HALDEN))
    meanwhile = [address for address, at in signed_in if begin < at < end]
    assert meanwhile
    assert all(halden(demo_app).covers(parse_address(address)) for address in meanwhile)


def test_people_are_signed_in_from_several_places_one_of_them_twice(demo_app: Flask) -> None:
    row = PortalSessionRow
    columns = (row.user_id, row.address, row.browser, row.created_at, row.last_seen_at)
    found = rows(demo_app, sa.select(*columns).where(row.account_id == HALDEN))
    people = [user_id for user_id, *_ in found]
    assert len(set(people)) == 4 < len(people)
    assert len({address for _, address, *_ in found}) >= 3
    assert len({(user_id, browser) for user_id, _, browser, *_ in found}) == len(found)
    assert all(active_time(demo_app)[1] < created_at < seen_at for *_, created_at, seen_at in found)


def test_whoever_is_signed_in_has_signed_in_then(demo_app: Flask) -> None:
    row = PortalSessionRow
    sessions = rows(demo_app, sa.select(row.account_id, row.user_id, row.address, row.created_at))
    known = rows(demo_app, sa.select(SignIn.account_id, SignIn.user_id, SignIn.address, SignIn.last_at))
    assert set(map(tuple, sessions)) <= set(map(tuple, known))


def test_one_person_has_a_second_account(demo_app: Flask) -> None:
    query = sa.select(Membership.account_id).join(User, User.id == Membership.user_id).where(User.email == story.TIMO)
    assert rows(demo_app, query.order_by(Membership.account_id)) == [(HALDEN,), (NORTHWIND,)]
    printed = demo_app.test_cli_runner().invoke(args=["demo", "seed"]).stdout
    assert "Timo Vale, Northwind Labs and Halden Freight" in printed
    assert "Northwind Labs and Halden Freight" in Browser(demo_app, None).get("/login").one(".demo-people").get_text()


def test_at_the_next_start_people_are_signed_in_again_where_the_list_lets_them(demo_app: Flask) -> None:
    dana = Browser(demo_app, None)
    dana.post("/login", {"email": story.DANA, "password": sample_data.PASSWORD})
    form = {"version": dana.revision(), "add_current": "1", "current": PLACES["Home"]}
    assert dana.post(f"{BASE}/activate", form).status == 303
    with writing(demo_app) as connection:
        connection.execute(sa.delete(PortalSessionRow))
    assert demo_app.test_cli_runner().invoke(args=["demo", "seed"]).exit_code == 0
    row = PortalSessionRow
    found = rows(demo_app, sa.select(row.address).where(row.account_id == HALDEN))
    assert len(found) == len(story.SIGNED_IN[story.HALDEN]) - 1
    assert all(halden(demo_app).covers(parse_address(address)) for (address,) in found)


def test_history_tells_it_in_order_with_a_delete_to_bring_back(demo_app: Flask) -> None:
    told = sa.select(Event.at).where(Event.account_id == HALDEN).order_by(Event.id)
    moments = [at for (at,) in rows(demo_app, told)]
    assert moments == sorted(moments)
    dana = Browser(demo_app, None)
    dana.post("/login", {"email": story.DANA, "password": sample_data.PASSWORD})
    deleted = dana.get("/account/settings/history").one("[data-kind=delete]")
    assert "deleted 192.0.2.128/25" in deleted.get_text(" ", strip=True)
    plan = dana.get(f"/account/settings/history/{deleted['data-event']}/undo")
    assert [line["data-line"] for line in plan.all("[data-line]")].count("add") == 1


def test_history_and_rehearsal_know_who_signed_in(demo_app: Flask) -> None:
    known = set(rows(demo_app, sa.select(SignIn.user_id, SignIn.address)))
    signed_in = PortalAccess.kind == access.SIGN_IN
    assert known == set(rows(demo_app, sa.select(PortalAccess.user_id, PortalAccess.address).where(signed_in)))
    assert {user_id for user_id, _ in known} == set(rows_of(demo_app, PortalUse.user_id))
