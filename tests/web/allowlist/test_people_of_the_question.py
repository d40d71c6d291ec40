"""Whom the question before activating names: everybody once, as people, with what would let them in beside them."""

from __future__ import annotations

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.crowd import add_members, sign_in_all
from tests.web.allowlist.test_activate_question import was_here
from tests.web.allowlist.test_questions import MINE, OFFICE, OTHER, present, text


def test_own_other_sessions_that_activating_ends_are_named_but_are_no_other_people(portal: Portal) -> None:
    portal.set_list(MINE)
    nobody = portal.signed_in().get(f"{BASE}/activate").value("preview")
    present(portal, "dana", OFFICE)
    present(portal, "dana", "203.0.113.9")
    answer = portal.signed_in().get(f"{BASE}/activate")
    assert f"You’re also signed in from {OFFICE}, and will be signed out there." in text(answer, ".question")
    assert "Nobody else is signed in now." in text(answer, ".question")
    assert (answer.value("preview"), answer.all(".question .people li")) == (nobody, [])


def crowd_of(portal: Portal, count: int) -> Answer:
    """So many members are signed in, each from an address of their own; return the question before activating."""
    portal.set_list(MINE)
    people = add_members(portal.app, portal.world.halden, count)
    sign_in_all(portal.app, portal.world.halden, people, *(f"198.51.100.{number + 1}" for number in range(count)))
    return portal.signed_in().get(f"{BASE}/activate")


def test_of_many_people_the_rest_opens_and_nobody_stands_there_twice(portal: Portal) -> None:
    answer = crowd_of(portal, 27)
    assert text(answer, ".question summary") == "and 17 more who will be signed out"
    names = [tag.get_text() for tag in answer.all(".question .people b")]
    assert (len(names), len(set(names))) == (27, 27)
    assert text(answer, ".question").count("Crowd ") == 27
    offered = [tag["value"] for tag in answer.all(".question button[name=network]")]
    assert (len(offered), len(set(offered))) == (27, 27)


def test_what_others_used_from_the_same_place_is_offered_there(portal: Portal) -> None:
    portal.set_list(MINE)
    present(portal, "mara", OFFICE)
    for person in ("mara", "sanne"):
        was_here(portal, person, OFFICE, 3)
    was_here(portal, "mara", "192.0.2.7", 3)
    dana: Browser = portal.signed_in()
    lately = dana.get(f"{BASE}/activate").all(".question .people")[1].select("li")
    lines = [" ".join(line.get_text(" ").split()) for line in lately]
    assert sorted(lines) == [
        "192.0.2.7/32 Mara Osei, 1 day, last 3 days ago Owner Add",
        f"{OFFICE}/32 Sanne Li, 1 day, last 3 days ago Add",
    ]


def test_whoever_stays_opens_too(portal: Portal) -> None:
    portal.set_list(MINE, OTHER)
    people = add_members(portal.app, portal.world.halden, 8)
    sign_in_all(portal.app, portal.world.halden, people, OFFICE)
    answer = portal.signed_in().get(f"{BASE}/activate")
    assert text(answer, ".question summary") == "and 3 more who stay signed in"
    assert text(answer, ".question h3") == "Nobody else will be signed out"
