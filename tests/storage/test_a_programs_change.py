"""A change from no address of the portal leaves no active list without an owner (R18), on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import Clock
from tests.storage.test_changing import adding, change, removing, set_role
from tests.support.quick import writing
from tests.support.world import HOME, OFFICE, World, force_active, set_list
from webapp.domain.address import parse_address
from webapp.domain.allowlist import LeavesYouOut
from webapp.domain.leaving_out import LeavesNobodyIn, LeavesOwnersOut
from webapp.runtime import clock
from webapp.storage import sign_ins, write
from webapp.storage.allowlists import Outcome
from webapp.storage.events import OPERATOR
from webapp.storage.models import User

HOMES, OFFICES = "203.0.113.0/24", "198.51.100.0/24"


@pytest.fixture
def active(app: Flask, world: World) -> Flask:
    """Halden's active list has two networks; Dana has signed in from the first, Sanne from the second."""
    with app.app_context():
        set_list(world.halden, HOMES, OFFICES)
        force_active(world.halden)
    sign_in(app, world, "dana", HOME)
    sign_in(app, world, "sanne", OFFICE)
    return app


def sign_in(app: Flask, world: World, person: str, address: str, account: str = "halden") -> None:
    """Record that the person gave the right password there."""
    account_id: int = getattr(world, account)
    user_id, where = world.users[person], parse_address(address)
    with app.app_context():
        write(
            lambda session: sign_ins.record(
                session, account_id=account_id, user_id=user_id, address=where, now=clock.now()
            )
        )


def without(app: Flask, world: World, text: str, *, acknowledge_lockout: bool = False) -> Outcome:
    """Remove the network as the operator."""
    return change(app, world, removing(text), actor=OPERATOR, acknowledge_lockout=acknowledge_lockout)


def test_an_active_list_goes_on_letting_an_owner_in(active: Flask, world: World) -> None:
    with pytest.raises(LeavesOwnersOut):
        without(active, world, HOMES)
    assert without(active, world, OFFICES).event_id
    assert change(active, world, adding("2001:db8::/32"), actor=OPERATOR).event_id


def test_it_is_left_without_owners_where_that_is_acknowledged_and_never_empty(active: Flask, world: World) -> None:
    assert without(active, world, HOMES, acknowledge_lockout=True).after.active
    with pytest.raises(LeavesNobodyIn):
        without(active, world, OFFICES, acknowledge_lockout=True)


def test_owners_count_who_are_owners_and_enabled_now(active: Flask, world: World) -> None:
    set_role(active, world, "dana", "member")
    with pytest.raises(LeavesOwnersOut):
        without(active, world, OFFICES)
    set_role(active, world, "sanne", "owner")
    with writing(active) as connection:
        disabled = sa.update(User).where(User.id == world.users["sanne"]).values(disabled_at=clock.now())
        connection.execute(disabled)
    with pytest.raises(LeavesOwnersOut):
        without(active, world, HOMES)
    set_role(active, world, "dana", "owner")
    assert without(active, world, OFFICES).event_id


def test_a_sign_in_counts_for_thirty_days(app: Flask, world: World, time: Clock, active: Flask) -> None:
    time.advance(timedelta(days=30) - timedelta(seconds=1))
    assert change(app, world, adding("2001:db8::/32"), actor=OPERATOR).event_id
    time.advance(timedelta(seconds=2))
    with pytest.raises(LeavesOwnersOut):
        without(app, world, OFFICES)
    sign_in(app, world, "mara", HOME)
    assert without(app, world, OFFICES).event_id


def test_sign_ins_to_another_account_do_not_count(active: Flask, world: World) -> None:
    set_role(active, world, "dana", "member")
    sign_in(active, world, "mara", HOME, account="northwind")
    with pytest.raises(LeavesOwnersOut):
        without(active, world, OFFICES)


def test_of_somebody_at_an_address_r6_is_asked_as_ever(active: Flask, world: World) -> None:
    with pytest.raises(LeavesYouOut):
        change(active, world, removing(HOMES), acknowledge_lockout=True)
    assert change(active, world, removing(OFFICES)).event_id
