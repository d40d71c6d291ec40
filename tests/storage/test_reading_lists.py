"""What is read of a stored list: all of it, for the account that was asked for, or a clear no."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import Clock
from tests.storage.test_changing import as_dana
from tests.support.quick import put_list, read_list
from tests.support.world import HOME, World
from webapp.domain.address import parse_address
from webapp.domain.allowlist import AddressChanged
from webapp.domain.standing import NotLetIn, NotOwner
from webapp.runtime.clock import now
from webapp.storage import allowlists, db
from webapp.storage.allowlists import ListUnreadable, NoAccount
from webapp.storage.events import Actor
from webapp.storage.models import Account

NETWORKS = ("203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32")


def spoil(app: Flask, world: World, text: str) -> None:
    """Store a network that is none."""
    put_list(app, world.halden, text, active=True)


def test_a_compiled_list_is_the_accounts_own(app: Flask, world: World) -> None:
    put_list(app, world.halden, *NETWORKS, active=True)
    put_list(app, world.northwind, "192.0.2.0/24")
    with app.app_context():
        compiled = allowlists.compiled(world.halden)
        stamp = db.session.scalar(sa.select(Account.list_stamp).where(Account.id == world.halden))
        assert stamp
        assert compiled.is_of(True, read_list(app, world.halden).revision, stamp)
        for text, let_in in ((HOME, True), ("198.51.100.7", True), ("2001:db8::9", True), ("192.0.2.1", False)):
            assert compiled.admits(parse_address(text)) is let_in


def test_an_empty_list_compiles_to_one_that_covers_nobody(app: Flask, world: World) -> None:
    put_list(app, world.halden, active=True)
    with app.app_context():
        assert not allowlists.compiled(world.halden).admits(parse_address(HOME))
        assert allowlists.load(world.halden).entries == ()


def test_a_list_that_cannot_be_read_lets_nobody_in_and_says_whose_it_is(app: Flask, world: World) -> None:
    for text in ("203.0.113.7/24", "203.0.113.0/024", "203.0.113.0/24 ", "203.0.113.0/24\n192.0.2.0/24", "x/1"):
        spoil(app, world, text)
        with app.app_context():
            for read in (allowlists.compiled, allowlists.load):
                with pytest.raises(ListUnreadable, match=f"^account {world.halden}$"):
                    read(world.halden)


def test_there_is_no_list_of_an_account_that_there_is_not(app: Flask, world: World) -> None:
    with app.app_context():
        for read in (allowlists.compiled, allowlists.load):
            with pytest.raises(NoAccount):
                read(10**6)


def test_what_changes_no_list_is_done_by_whoever_is_in_only(app: Flask, world: World, time: Clock) -> None:
    put_list(app, world.halden, "192.0.2.0/24", active=True)
    listed = parse_address("192.0.2.7")
    with app.app_context():
        dana = Actor("Dana", world.users["dana"], listed)
        done = allowlists.while_in(world.halden, dana, lambda session, moment: (session, moment), now=time.now)
        assert (done[1], done[0].is_active) == (time.now(), True)
        sanne = Actor("Sanne", world.users["sanne"], listed)
        for actor, refusal in ((as_dana(world), NotLetIn), (sanne, NotOwner)):
            with pytest.raises(refusal):
                allowlists.while_in(world.halden, actor, lambda session, moment: pytest.fail("done"), now=time.now)


def test_a_change_is_held_to_the_address_that_its_form_named(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24")
    before = read_list(app, world.halden)
    with app.app_context(), pytest.raises(AddressChanged):
        allowlists.changing(
            world.halden,
            as_dana(world),
            "import",
            lambda p: p.activate(parse_address(HOME)),
            shown="192.0.2.7",
            now=now,
        )
    assert read_list(app, world.halden) == before
