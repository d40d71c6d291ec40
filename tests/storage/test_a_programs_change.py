"""A change from no address of the portal leaves no active list without an owner (R18), on both databases.

And a program changes a list as long as its token acts for an owner, at the moment that decides (R8b).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.api.test_tokens_end import ENDS, End
from tests.conftest import Clock
from tests.storage.test_changing import adding, change, removing, set_role
from tests.support.quick import events_of, read_list, writing
from tests.support.statements import before_writing, only_once
from tests.support.world import ELSEWHERE, HOME, OFFICE, World, force_active, set_list
from webapp.domain.address import parse_address
from webapp.domain.allowlist import LeavesYouOut
from webapp.domain.leaving_out import LeavesNobodyIn, LeavesOwnersOut
from webapp.domain.standing import TokenEnded
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock
from webapp.storage import allowlists, api_tokens, last_changes, sign_ins, write
from webapp.storage.allowlists import Outcome
from webapp.storage.events import OPERATOR, Actor
from webapp.storage.models import ApiToken, User

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


def program(app: Flask, world: World, *, owner: str = "dana", name: str = "CI") -> Actor:
    """Return a program that acts for the owner, from an address that no list of the tests covers."""
    with app.app_context():
        create = partial(api_tokens.create, account_id=world.halden, name=name, now=clock.now())
        token = write(partial(create, scopes=SCOPES, owner_id=world.users[owner]))
        access = api_tokens.find(token)
    assert access is not None
    return Actor(access.actor, access.user_id, parse_address(ELSEWHERE), token_hash=access.token_hash)


def test_a_program_is_restricted_by_no_list_and_recorded_with_its_token_and_owner(active: Flask, world: World) -> None:
    assert change(active, world, adding("2001:db8::/32"), actor=program(active, world)).event_id
    event = events_of(active, world.halden)[-1]
    assert (event.actor, event.user_id, event.address) == (
        'Dana Kessler (API token "CI")',
        world.users["dana"],
        ELSEWHERE,
    )
    with pytest.raises(LeavesOwnersOut):
        change(active, world, removing(HOMES), actor=program(active, world))


def test_long_names_of_owner_and_token_are_cut_to_what_an_event_holds(active: Flask, world: World) -> None:
    actor = program(active, world, name="x" * 120)
    assert (len(actor.name), actor.name[:24]) == (79, "Dana Kessler (API token ")
    with writing(active) as connection:
        connection.execute(sa.update(User).values(name="D" * 120))
    actor = program(active, world, name="x" * 120)
    assert len(actor.name) == 119
    assert change(active, world, adding("2001:db8::/32"), actor=actor).event_id


@pytest.mark.parametrize("how", [*ENDS, "revoked"])
def test_a_token_that_ends_before_the_lock_is_held_changes_nothing(
    active: Flask, second: Flask, world: World, how: str
) -> None:
    actor = program(active, world)
    ways: dict[str, End] = ENDS | {"revoked": lambda connection, _user: connection.execute(sa.delete(ApiToken))}

    def end() -> None:
        with writing(second) as connection:
            ways[how](connection, world.users["dana"])

    before = read_list(active, world.halden)
    with before_writing(active, only_once(end)), pytest.raises(TokenEnded):
        change(active, world, adding("2001:db8::/32"), actor=actor)
    assert read_list(active, world.halden) == before


def test_a_token_changes_no_other_account(active: Flask, world: World) -> None:
    actor = program(active, world)
    with active.app_context(), pytest.raises(TokenEnded):
        allowlists.changing(world.northwind, actor, "import", adding("2001:db8::/32"), now=clock.now)


def test_its_change_is_told_to_its_owner_as_somebody_elses(active: Flask, world: World) -> None:
    with active.app_context():
        since = allowlists.load(world.halden).revision
    change(active, world, adding("2001:db8:1::/48"))
    change(active, world, adding("2001:db8:2::/48"), actor=program(active, world))
    change(active, world, adding("2001:db8:3::/48"))
    with active.app_context():
        told = last_changes.changes_since(world.halden, since=since, reader=world.users["dana"])
    assert [one.by for one in told] == ['Dana Kessler (API token "CI")']
