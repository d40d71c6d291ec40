"""A reference of the blocked page, pasted into *Check an address*: who, from where, when."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from tests.conftest import Clock
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import ELSEWHERE, HOME, IPV6

COVER = "203.0.113.0/24"


def check(browser: Browser, typed: str, htmx: bool = False) -> Answer:
    return browser.get(f"{BASE}/check?address={quote(typed)}", htmx=htmx)


def said(answer: Answer) -> str:
    return answer.one("#allowlist-check .res").get_text(" ", strip=True)


def blocked(portal: Portal, address: str | None = ELSEWHERE, person: str = "sanne") -> str:
    """Somebody signs in from an address that is not listed; return the reference that the page shows."""
    answer = portal.browser(address).sign_in(person)
    return str(answer.one("[data-page=blocked]")["data-reference"])


def test_it_finds_person_address_and_time(portal: Portal, time: Clock, htmx: bool) -> None:
    portal.set_list(COVER, active=True)
    reference, dana = blocked(portal), portal.signed_in()
    time.advance(timedelta(minutes=30))
    answer = check(dana, reference, htmx)
    assert answer.status == 200
    assert said(answer).startswith(f"Sanne Li was blocked at {ELSEWHERE} , on 25 Sep 2026, 14:32 UTC .")
    assert answer.one("#allowlist-check .res")["data-let-in"] == "false"
    assert answer.one("#check-address")["value"] == reference
    offered = answer.one("#allowlist-check .res .offer")
    fields = [field["value"] for field in offered.select("[name=network], [name=comment]")]
    assert fields == [f"{ELSEWHERE}/32", "Sanne Li"]


def test_it_may_be_pasted_as_it_comes(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    reference, dana = blocked(portal), portal.signed_in()
    bare = reference.removeprefix("blk_")
    sentence = portal.browser(ELSEWHERE).sign_in("sanne").one("#blocked-text").get_text()
    for typed in (f"  {reference.lower()} ", bare, bare.lower(), bare.replace("-", " "), sentence):
        assert said(check(dana, typed)).startswith("Sanne Li was blocked")


def test_it_finds_the_times_that_were_shown_with_it_however_attempts_are_grouped(portal: Portal, time: Clock) -> None:
    portal.set_list(COVER, active=True)
    first = blocked(portal)
    time.advance(timedelta(minutes=20))
    assert blocked(portal) == first
    time.advance(timedelta(hours=1))
    second, other, dana = blocked(portal), blocked(portal, IPV6), portal.signed_in()
    assert len({first, second, other}) == 3
    assert "2 times" in said(check(dana, first))
    assert "from 25 Sep 2026, 14:32 UTC to 25 Sep 2026, 14:52 UTC" in said(check(dana, first))
    assert f"at {ELSEWHERE} , on 25 Sep 2026, 15:52 UTC" in said(check(dana, second))
    assert f"at {IPV6} ," in said(check(dana, other))


def test_it_says_what_holds_for_the_address_now(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    reference, nowhere, dana = blocked(portal), blocked(portal, None), portal.signed_in()
    assert "No network on the list contains it." in said(check(dana, reference))
    assert "an address that can’t be determined" in said(check(dana, nowhere))
    assert not check(dana, nowhere).all("#allowlist-check .res a")
    dana.post(f"{BASE}/networks", {"network": "198.51.100.0/24"})
    assert "198.51.100.0/24 covers it now." in said(check(dana, reference))
    assert not check(dana, reference).all("#allowlist-check .res a")
    portal.set_list(COVER)
    assert "would not be once you activate it" in said(check(dana, reference))


def test_one_of_another_account_looks_like_one_that_never_was(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, active=True)
    reference, ola = blocked(portal), portal.signed_in("ola")
    theirs, unknown = check(ola, reference, htmx), check(ola, "blk_0000-0000", htmx)
    for answer in (theirs, unknown):
        assert (answer.status, answer.errors) == (422, ["unknown_reference"])
    message = theirs.one("#check-error").get_text()
    assert message.replace(reference, "blk_0000-0000") == unknown.one("#check-error").get_text()
    assert "Sanne" not in theirs.text
    assert ELSEWHERE not in theirs.text


def test_without_its_prefix_an_unknown_one_is_read_as_an_address(portal: Portal) -> None:
    dana = portal.signed_in()
    assert check(dana, "nonsense").errors == ["hostname"]
    assert check(dana, "0000-0000").errors == check(dana, "0000-000").errors


def test_a_mistyped_one_is_told_what_a_reference_looks_like(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    for typed in ("blk_7QK2-M4X", "blk_7QK2-M4XD1", "BLK 7QK2", "Reference: blk_", "blk_7QK2-M4XD blk_7QK2-M4XE"):
        answer = check(dana, typed, htmx)
        assert (answer.status, answer.errors) == (422, ["unknown_reference"]), typed
        assert "A reference is blk_ with eight letters and digits." in answer.one("#check-error").get_text()


def test_a_member_looks_up_nothing(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    reference = blocked(portal)
    assert check(portal.signed_in("sanne", HOME), reference).status == 403


def test_what_is_shown_is_announced(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    announced = check(portal.signed_in(), blocked(portal), htmx=True).one("[hx-swap-oob='innerHTML:#live']").get_text()
    assert announced.startswith(f"Sanne Li was blocked at {ELSEWHERE}, ")
    assert announced.endswith(f"Not let in. No network contains {ELSEWHERE}.")
