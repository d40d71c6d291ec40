"""A yes counts for the people whom the question has named, in however many browsers they are (R8c)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.support.calls import calls_of
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.crowd import add_members, sign_in_all, sign_out
from tests.support.quick import start_session, writing
from tests.support.statements import statements
from tests.support.world import HOME
from webapp.storage.models import Membership

COVER, OTHER, OFFICE, OFFICE_TOO = "203.0.113.0/24", "198.51.100.0/24", "198.51.100.14", "198.51.100.15"


class Act:
    """An act of Dana's that asks about others: what she sends first, and what she sends to the question."""

    def __init__(self, portal: Portal, kind: str) -> None:
        self.portal, self.kind = portal, kind
        self.active = kind != "activate"
        portal.set_list(*([COVER, OTHER] if self.active else [COVER]), active=self.active)
        row = f"{BASE}/networks/{portal.id_of(OTHER)}" if self.active else ""
        self.url = {"activate": f"{BASE}/activate", "delete": f"{row}/delete", "edit": row}[kind]
        self.dana: Browser = portal.signed_in()

    def asked(self) -> Answer:
        """Be asked for the first time."""
        if not self.active:
            return self.dana.get(self.url)
        edit = {"network": "192.0.2.0/24"} if self.kind == "edit" else {}
        return self.dana.post(self.url, {"version": self.portal.version_of(OTHER)} | edit)

    def says_yes(self, asked: Answer, **other: str) -> Answer:
        """Send the form of the question with its yes."""
        form = asked.one(f"form[action='{self.url}'][method=post]")
        fields = {str(tag["name"]): str(tag.get("value", "")) for tag in form.select("input[name]")}
        yes = {"confirm_signouts": "1"} if self.active else {}
        return self.dana.post(self.url, fields | yes | other)

    def is_done(self) -> bool:
        """Whether the change was made."""
        return self.portal.list().active if not self.active else OTHER not in self.portal.networks()


@pytest.fixture(params=["activate", "delete", "edit"])
def act(request: pytest.FixtureRequest, portal: Portal) -> Act:
    """Each act that asks about others."""
    return Act(portal, request.param)


def present(portal: Portal, person: str, address: str = OFFICE, times: int = 1) -> None:
    """Somebody is signed in from an address, so many times."""
    for _ in range(times):
        start_session(portal.app, portal.world.halden, portal.world.users[person], address)


def test_another_session_of_somebody_named_changes_nothing(portal: Portal, act: Act) -> None:
    present(portal, "sanne")
    asked = act.asked()
    present(portal, "sanne", OFFICE, 2)
    present(portal, "sanne", OFFICE_TOO)
    assert act.says_yes(asked).status == 303
    assert act.is_done()


def test_only_somebody_who_was_not_named_asks_again(portal: Portal, act: Act) -> None:
    present(portal, "sanne")
    asked = act.asked()
    present(portal, "mara")
    again = act.says_yes(asked)
    assert (again.status, again.refused) == (409, "signs_out_others" if act.active else "stale")
    assert "Mara Osei" in again.text
    assert not act.is_done()
    assert act.says_yes(again).status == 303


def test_people_who_sign_in_and_out_by_turns_keep_nobody_from_acting(portal: Portal, act: Act) -> None:
    present(portal, "sanne")
    asked = act.asked()
    sign_out(portal.app, portal.world.users["sanne"])
    present(portal, "mara")
    again = act.says_yes(asked)
    assert "Sanne Li" not in again.one(".question, tr.edit").get_text()
    present(portal, "sanne")
    assert act.says_yes(again).status == 303


def test_a_preview_that_no_question_of_this_account_has_made_names_nobody(portal: Portal, act: Act) -> None:
    present(portal, "sanne")
    people, northwind = portal.world.users, portal.world.northwind
    portal.set_list(COVER, account=northwind)
    with writing(portal.app) as connection:
        connection.execute(sa.insert(Membership).values(account_id=northwind, user_id=people["sanne"], role="member"))
    start_session(portal.app, northwind, people["sanne"], OFFICE)
    foreign = portal.signed_in("ola", "203.0.113.9").get(f"{BASE}/activate").value("preview")
    asked = act.asked()
    signed = asked.value("preview")
    forged = (str(people["sanne"]), f"{people['sanne']}.x", "all:9", "all:9.x", foreign, signed[::-1], "é.é", ".")
    for text in forged:
        assert act.says_yes(asked, preview=text).status == 409, text
    assert not act.is_done()
    assert act.says_yes(asked, preview=signed).status == 303


def test_above_two_hundred_it_says_how_many_and_the_yes_is_one_to_twice_as_many(portal: Portal, act: Act) -> None:
    halden = portal.world.halden
    crowd = add_members(portal.app, halden, 403)
    sign_in_all(portal.app, halden, crowd[:200], OFFICE, times=2)
    asked = act.asked()
    [more] = asked.all(".people details")
    assert more.get_text().count("Crowd ") == 190
    sign_in_all(portal.app, halden, crowd[200:201], OFFICE)
    again = act.says_yes(asked)
    assert (again.status, again.all(".people details"), len(again.all(".people .av"))) == (409, [], 10 + 1 + 8)
    assert "and 191 more who will be signed out" in again.text
    sign_in_all(portal.app, halden, crowd[201:], OFFICE)
    assert act.says_yes(again).status == 409
    assert not act.is_done()
    sign_out(portal.app, crowd[0])
    assert act.says_yes(again).status == 303


def test_browsers_are_counted_as_the_people_whose_they_are(portal: Portal) -> None:
    act = Act(portal, "activate")
    for address in (OFFICE, OFFICE_TOO, "198.51.100.16", "203.0.113.9"):
        present(portal, "sanne", address, 2)
    present(portal, "mara", "203.0.113.8")
    asked = act.asked()
    assert "1 of 2 other people will be signed out" in asked.text
    [line, other] = [item.get_text(" ", strip=True) for item in asked.all(".question .people li")]
    assert "and 2 more addresses" in line
    assert ("Sanne Li" in line, "Mara Osei" in other, "Stays" in other) == (True, True, True)
    done = act.dana.post(act.url, {"version": portal.list().revision}, htmx=True)
    assert "1 other person is being signed out." in done.text


PAGES = {"the question": "/activate", "who is signed in now": "/sessions?all=1", "the section": ""}


def test_twice_as_many_people_take_no_more_than_twice_the_work(portal: Portal) -> None:
    portal.set_list(COVER)
    halden, found = portal.world.halden, list[dict[str, int]]()
    dana = Browser(portal.app, HOME, start_session(portal.app, halden, portal.world.users["dana"], HOME))
    for part in range(2):
        crowd = add_members(portal.app, halden, 800, f"part{part}-")
        sign_in_all(portal.app, halden, crowd, *(f"198.51.{part}.{number}" for number in range(250)))
        found.append({name: work(portal, dana, path) for name, path in PAGES.items()})
    assert {name: found[1][name] / found[0][name] <= 2.1 for name in PAGES} == dict.fromkeys(PAGES, True), found


def work(portal: Portal, dana: Browser, path: str) -> int:
    """Return how many calls a partial takes; how many people there are makes no difference to the statements."""
    dana.fetch(BASE + path, htmx=bool(path))
    with statements(portal.app) as log:
        calls = calls_of(lambda: dana.fetch(BASE + path, htmx=bool(path)))
    assert len(log) <= 11, log
    return calls
