"""What activating would do to people is shown before it happens, and a preview that is old is shown again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import Tag

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.forms import press
from tests.support.quick import start_session
from tests.support.world import HOME, TRANSLATED
from webapp.domain.address import parse_address
from webapp.runtime import clock
from webapp.storage import uses, write

URL = f"{BASE}/activate"
COVER, OTHER, OFFICE = "203.0.113.0/24", "192.0.2.0/24", "198.51.100.14"


def present(portal: Portal, person: str, address: str | None) -> str:
    """Somebody is signed in from an address; return the session's id."""
    return start_session(portal.app, portal.world.halden, portal.world.users[person], address)


def was_here(portal: Portal, person: str, address: str, days: float) -> None:
    """Somebody used the portal from an address so many days ago."""
    with portal.app.app_context():
        write(
            lambda session: uses.record(
                session,
                account_id=portal.world.halden,
                user_id=portal.world.users[person],
                address=parse_address(address),
                now=clock.now() - timedelta(days=days),
            )
        )


def verdicts(answer: Answer) -> dict[str, str]:
    """Return what the question says of each person."""
    return {
        item.select("b")[0].get_text(): item.select(".tag")[0].get_text()
        for item in answer.all("form[action$=activate] .people li")
        if item.select(".tag")
    }


def sent(answer: Answer) -> dict[str, str]:
    """Return what the question's form holds, with its first button."""
    form = answer.one(f"form[action='{URL}'][method=post]")
    fields = form.select("input[name]:not([type=radio]), .foot button[name]")
    return {str(field["name"]): str(field.get("value", "")) for field in fields}


def test_it_says_who_will_be_signed_out_and_who_stays(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    present(portal, "mara", OFFICE)
    present(portal, "sanne", "203.0.113.9")
    present(portal, "dana", OFFICE)
    question = portal.signed_in().get(URL, htmx=htmx)
    assert verdicts(question) == {"Mara Osei": "Will be signed out", "Sanne Li": "Stays signed in"}
    assert "1 of 2 other people will be signed out" in question.text


def test_whoever_has_no_trustworthy_address_will_be_signed_out(portal: Portal) -> None:
    portal.set_list(COVER)
    present(portal, "mara", None)
    assert verdicts(portal.signed_in().get(URL)) == {"Mara Osei": "Will be signed out"}


@pytest.mark.parametrize("address", TRANSLATED)
def test_a_translated_or_tunnelled_address_is_offered_alone_and_as_it_connects(portal: Portal, address: str) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", address, days=1)
    question = portal.signed_in().get(URL)
    assert [button["value"] for button in question.all("button[id^=preview-add]")] == [f"{address}/128"]


def test_nobody_is_there(portal: Portal) -> None:
    portal.set_list(COVER)
    start_session(portal.app, portal.world.northwind, portal.world.users["ola"], OFFICE)
    question = portal.signed_in().get(URL)
    assert "Nobody else is signed in now" in question.text
    assert sent(question)["preview"] == ""


def test_the_prompt_counts_the_address_that_it_offers(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24")
    present(portal, "mara", HOME)
    present(portal, "sanne", OFFICE)
    assert verdicts(portal.signed_in().get(URL)) == {"Mara Osei": "Stays signed in", "Sanne Li": "Will be signed out"}


def test_activating_signs_out_who_was_named_and_says_how_many(portal: Portal) -> None:
    portal.set_list(COVER)
    mara = portal.signed_in("mara", OFFICE)
    dana = portal.signed_in()
    done = dana.post(URL, sent(dana.get(URL)), htmx=True)
    assert done.status == 200
    assert "1 other person is being signed out. An open page follows within 15 seconds." in done.text
    assert mara.get("/").status == 403


def test_an_old_preview_is_shown_again(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    old = sent(dana.get(URL, htmx=htmx))
    present(portal, "mara", OFFICE)
    again = dana.post(URL, old, htmx=htmx)
    assert (again.status, again.refused) == (409, "stale")
    assert verdicts(again) == {"Mara Osei": "Will be signed out"}
    assert again.one("#dialog-why").get_text() == "Mara Osei would be signed out, too."
    assert not portal.list().active
    assert dana.post(URL, sent(again), htmx=htmx).status == (200 if htmx else 303)


def test_a_changed_list_is_shown_again_with_who_changed_it(portal: Portal) -> None:
    portal.set_list(COVER)
    dana, mara = portal.signed_in(), portal.signed_in("mara")
    old = sent(dana.get(URL))
    mara.post(f"{BASE}/networks", {"network": "192.0.2.0/24"})
    again = dana.post(URL, old)
    assert (again.status, again.refused) == (409, "stale")
    assert "Mara Osei added 192.0.2.0/24 at " in again.one("[data-refused=stale]").get_text()


def test_who_left_meanwhile_is_no_reason_to_ask_again(portal: Portal) -> None:
    portal.set_list(COVER)
    mara = portal.signed_in("mara", OFFICE)
    dana = portal.signed_in()
    question = dana.get(URL)
    mara.post("/logout")
    assert dana.post(URL, sent(question)).status == 303


def test_without_a_preview_the_version_is_enough(portal: Portal) -> None:
    portal.set_list(COVER)
    present(portal, "mara", OFFICE)
    assert portal.signed_in().post(URL, {"version": portal.list().revision}).status == 303


def offer(question: Answer, network: str) -> Tag:
    """Return the question's own Add; the page behind it may offer the same as *If this list were active*."""
    return question.one(f"form[action$=activate] button[aria-label='Add {network}']")


def added(browser: Browser, question: Answer, network: str, *, htmx: bool) -> Answer:
    """Press Add beside a network that the question offers."""
    return press(browser, question, offer(question, network), htmx=htmx)


def test_uncovered_places_of_90_days_are_offered_once_each(portal: Portal) -> None:
    portal.set_list(COVER)
    for person, address, days in (
        ("mara", OFFICE, 89),
        ("sanne", OFFICE, 3),
        ("sanne", "2001:db8:7::1", 1),
        ("mara", "2001:db8:7::2", 2),
        ("sanne", "203.0.113.77", 1),
        ("sanne", "192.0.2.4", 91),
    ):
        was_here(portal, person, address, days)
    question = portal.signed_in().get(URL)
    offered = [str(button["aria-label"]) for button in question.all("button[id^=preview-add]")]
    assert offered == ["Add 2001:db8:7::/64", f"Add {OFFICE}/32"]
    assert " ".join(question.all(".question .people li")[0].get_text(" ").split()) == (
        "2001:db8:7::/64 Mara Osei, 1 day, last 2 days ago Owner Sanne Li, 1 day, last yesterday Add"
    )


def test_adding_one_asks_again_with_what_is_true_now(portal: Portal) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", OFFICE, 3)
    present(portal, "mara", OFFICE)
    dana = portal.signed_in()
    answer = added(dana, dana.get(URL, htmx=True), f"{OFFICE}/32", htmx=True)
    assert (answer.status, answer.headers.get("HX-Retarget")) == (200, None)
    assert answer.one("dialog[data-modal]")
    assert answer.text.count("data-network=") == answer.text.count(f'data-network="{OFFICE}/32"') == 1
    assert verdicts(answer) == {"Mara Osei": "Stays signed in"}
    assert list(portal.networks()) == [f"{OFFICE}/32", COVER]
    assert dana.post(URL, sent(answer)).status == 303


@pytest.mark.parametrize("is_there", [True, False])
def test_adding_one_a_second_time_adds_nothing(portal: Portal, is_there: bool) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", OFFICE, 3)
    dana = portal.signed_in()
    fields = {"network": f"{OFFICE}/32", "return": "activate", "operation": "once"}
    dana.post(f"{BASE}/networks", fields, htmx=True)
    dana.post(f"{BASE}/networks", fields)
    portal.set_list(*([OTHER, f"{OFFICE}/32"] if is_there else []))
    before = portal.networks()
    answer = dana.post(f"{BASE}/networks", fields, htmx=True)
    assert (answer.status, answer.one("#dialog-live").get_text()) == (200, "Already added.")
    assert answer.one("[hx-swap-oob='innerHTML:#allowlist-notices']").get_text() == ""
    assert answer.one("dialog[data-modal]")
    assert [row["data-network"] for row in answer.all("#allowlist-rows tr")] == list(before)
    assert portal.networks() == before


def test_adding_one_without_javascript_leads_back_to_the_question(portal: Portal) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", OFFICE, 3)
    dana = portal.signed_in()
    answer = added(dana, dana.get(URL), f"{OFFICE}/32", htmx=False)
    assert (answer.status, answer.location) == (303, URL)
    assert f"Added {OFFICE}/32" in dana.get(URL).text


def test_adding_what_a_colleague_has_added_meanwhile_asks_again_and_says_so(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", OFFICE, 3)
    dana = portal.signed_in()
    question = dana.get(URL, htmx=htmx)
    portal.set_list(COVER, OFFICE)
    answer = added(dana, question, f"{OFFICE}/32", htmx=htmx)
    assert (answer.status, answer.errors[:1]) == (422, ["duplicate"])
    assert answer.one("#dialog-title")
    assert "is already on the list" in answer.text


def test_a_full_list_still_shows_who_would_be_signed_out(portal: Portal) -> None:
    portal.put_list(*(f"192.0.{n // 250}.{n % 250}/32" for n in range(1_000)))
    present(portal, "mara", OFFICE)
    question = portal.signed_in().get(URL)
    assert verdicts(question) == {"Mara Osei": "Will be signed out"}
    assert portal.signed_in().post(URL, sent(question)).errors == ["full"]


def test_several_browsers_at_one_address_are_one_line(portal: Portal) -> None:
    portal.set_list(COVER)
    for _ in range(3):
        present(portal, "mara", OFFICE)
    dana = portal.signed_in()
    question = dana.get(URL)
    assert len(question.all("form[action$=activate] .people li")) == 1
    assert "1 other person is being signed out." in dana.post(URL, sent(question), htmx=True).text
