"""Two owners of one name: "you" is the reader, and never the other one."""

from __future__ import annotations

import re
from functools import partial

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import HOME, NAMES, email_of, password_hash
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.domain.program_name import program_name
from webapp.runtime import clock
from webapp.storage import accounts, allowlists, uses, write
from webapp.storage.events import Actor

COVER, OTHER, NAME = "203.0.113.0/24", "198.51.100.0/24", NAMES["dana"]
# How the pages say that the reader has done something.
SAYS_YOU = re.compile(r"\bYou (?:changed|deleted)\b|\b(?:added )?by you\b|, you\b|\byou, elsewhere\b")


@pytest.fixture
def twin(portal: Portal) -> Browser:
    """A second owner called Dana Kessler, signed in."""

    def join(session):  # type: ignore[no-untyped-def]
        portal.world.users["twin"] = accounts.create_user(session, email_of("twin"), NAME, password_hash(), clock.now())
        accounts.join(session, portal.world.halden, portal.world.users["twin"], "owner")

    with portal.app.app_context():
        write(join)
    return portal.signed_in("twin")


def pages(portal: Portal, maker: Browser, reader: Browser) -> dict[str, Answer]:
    """Let the one do everything to the list that pages name people for; return what the other one reads of it."""
    portal.set_list()
    shown = reader.revision()
    for network in (COVER, OTHER):
        maker.post(f"{BASE}/networks", {"network": network})
    row = {text: f"{BASE}/networks/{portal.id_of(text)}" for text in (COVER, OTHER)}
    old = {"network": COVER, "version": portal.version_of(COVER)}
    maker.post(row[COVER], old | {"comment": "changed"})
    read = {
        "duplicate": reader.post(f"{BASE}/networks", {"network": COVER}),
        "duplicate, in place": reader.post(f"{BASE}/networks", {"network": COVER}, htmx=True),
        "stale row": reader.post(row[COVER], old),
        "stale row, in place": reader.post(f"{row[COVER]}/delete", old, htmx=True),
        "row": reader.get(row[OTHER], htmx=True),
    }
    maker.post(f"{BASE}/activate", {"version": maker.revision()})
    read["in effect"] = reader.page()
    read["notice"] = reader.get(f"/session?version={shown}", htmx=True)
    read["stale question"] = reader.post(f"{BASE}/activate", {"version": shown})
    maker.post(f"{row[OTHER]}/delete", {"version": portal.version_of(OTHER)})
    read["gone"] = reader.get(row[OTHER])
    read["gone, in place"] = reader.post(row[OTHER], {"network": OTHER}, htmx=True)
    return read


def test_a_colleague_of_the_same_name_is_not_you(portal: Portal, twin: Browser) -> None:
    for name, answer in pages(portal, twin, portal.signed_in()).items():
        text = answer.one("body").get_text(" ", strip=True)
        assert not SAYS_YOU.search(text.replace("you, elsewhere", "")), (name, text)
        assert NAME in text, name


def test_you_are_you_whatever_your_colleagues_are_called(portal: Portal, twin: Browser) -> None:
    maker = portal.signed_in()
    for name, answer in pages(portal, maker, maker).items():
        if name != "stale question":  # The heartbeat and questions tell of others first.
            text = answer.one("body").get_text(" ", strip=True)
            assert SAYS_YOU.search(text), (name, text)


def test_another_browser_of_the_same_name_is_not_yours(portal: Portal, twin: Browser) -> None:
    lines = [line.get_text(" ", strip=True) for line in portal.signed_in().page().all("#allowlist-signed-in li")]
    assert [line.startswith(f"D K {NAME}") or NAME in line for line in lines] == [True, True]
    assert not any("you, elsewhere" in line for line in lines)


def test_two_of_one_name_at_one_place_are_two(portal: Portal, twin: Browser) -> None:
    portal.set_list(COVER)
    for person in ("dana", "twin"):
        with portal.app.app_context():
            write(
                lambda session, person=person: uses.record(  # type: ignore[misc]
                    session,
                    account_id=portal.world.halden,
                    user_id=portal.world.users[person],
                    address=parse_address("198.51.100.9"),
                    now=clock.now(),
                )
            )
    lines = portal.signed_in("mara", HOME).get(f"{BASE}/activate").all(".question .people .small")
    assert [line.get_text().startswith(NAME) for line in lines if "1 day" in line.get_text()] == [True, True]


def test_what_a_program_does_for_you_names_its_token(portal: Portal) -> None:
    program = Actor(program_name(NAME, "CI", 120), portal.world.users["dana"])
    with portal.app.app_context():
        adding = partial(Allowlist.add, network=parse_network(COVER))
        allowlists.changing(portal.world.halden, program, "import", adding, now=clock.now)
    for person, who in (("dana", "you"), ("mara", NAME)):
        assert f', {who} (API token "CI")' in portal.signed_in(person).page().one(".meta:not(.used)").get_text(
            " ", strip=True
        )
