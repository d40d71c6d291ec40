"""GET B/check: would this address be let in, and by which network?"""

from urllib.parse import quote

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.forms import press
from tests.support.world import ELSEWHERE, HOME

COVER = "203.0.113.0/24"


def check(browser: Browser, address: str, htmx: bool = False) -> Answer:
    return browser.get(f"{BASE}/check?address={quote(address)}", htmx=htmx)


def said(answer: Answer) -> str:
    return answer.one("#allowlist-check .res").get_text(" ", strip=True)


def test_an_active_list_lets_in_what_it_contains(portal: Portal, htmx: bool) -> None:
    portal.set_list("2001:db8::/32", COVER, active=True, comment="Office <1>")
    dana = portal.signed_in()
    for address, network in (("203.0.113.9", COVER), ("2001:db8::1", "2001:db8::/32")):
        answer = check(dana, address, htmx)
        assert answer.status == 200
        assert answer.one("#allowlist-check .res")["data-let-in"] == "true"
        assert said(answer).startswith("Let in.")
        assert network in said(answer)
        assert "Office <1>" in said(answer)
    answer = check(dana, ELSEWHERE, htmx)
    assert (answer.status, answer.one(".res")["data-let-in"]) == (200, "false")
    assert "Not let in." in said(answer)


def test_an_inactive_list_says_what_it_would_do_once_active(portal: Portal) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    for address, words in ((HOME, "and once it is active"), (ELSEWHERE, "would not be let in once you activate it")):
        answer = check(dana, address)
        assert answer.one(".res")["data-let-in"] == "true"
        assert "Let in now, because the list is inactive" in said(answer)
        assert words in said(answer)


def test_the_narrowest_network_is_named_and_the_others_are_counted(portal: Portal) -> None:
    portal.set_list("203.0.0.0/16", COVER, "203.0.113.0/25", active=True)
    text = said(check(portal.signed_in(), "203.0.113.9"))
    assert "203.0.113.0/25" in text
    assert "and 2 more" in text


def test_the_answer_is_what_enforcement_does(portal: Portal) -> None:
    portal.set_list(COVER, "2001:db8:9::/64", active=True)
    dana = portal.signed_in()
    for address in (HOME, "203.0.114.0", "203.0.112.255", "2001:db8:9::1", "2001:db8:9:1::1"):
        let_in = check(dana, address).one(".res")["data-let-in"] == "true"
        assert portal.browser(address).sign_in("sanne").status == (303 if let_in else 403), address


def test_the_address_is_read_as_strictly_as_a_network(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    for typed, code in {
        "": "required",
        "nonsense": "hostname",
        COVER: "not_an_address",
        "2001:db8::/64": "not_an_address",
        "010.0.0.1": "leading_zero",
        "::ffff:10.0.0.1": "ipv4_mapped",
        "fe80::1%eth0": "zone_id",
        "203.0.113.9:443": "has_port",
        "1" * 65: "too_long",
        "\x1b": "invalid_character",
        "\x00": "invalid_character",
        "<b>": "address_syntax",
    }.items():
        answer = check(dana, typed, htmx)
        assert (answer.status, answer.errors) == (422, [code]), typed
        shown = typed.replace("\x1b", "\ufffd").replace("\x00", "\ufffd")
        assert answer.one("#check-address")["value"] == shown


def test_one_address_may_be_written_in_several_ways(portal: Portal) -> None:
    portal.set_list(COVER, "2001:db8::/32", active=True)
    dana = portal.signed_in()
    for typed in (" 203.0.113.9 ", "203.0.113.9/32", "2001:0DB8:0::0001", "2001:db8::1/128"):
        assert check(dana, typed).one(".res")["data-let-in"] == "true"


def test_it_changes_nothing_and_works_without_a_trustworthy_address(portal: Portal) -> None:
    portal.set_list(COVER)
    before = portal.list()
    assert check(portal.signed_in("dana", None), HOME).one(".res")["data-let-in"] == "true"
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_with_htmx_only_the_tool_comes_back_and_the_page_keeps_its_section(portal: Portal) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    assert not check(dana, HOME, htmx=True).all("#ip-allowlist")
    assert check(dana, HOME).one("#ip-allowlist")["data-version"] == portal.list().revision


def test_another_accounts_list_is_not_asked(portal: Portal) -> None:
    portal.set_list("203.0.113.0/26", active=True)
    answer = check(portal.signed_in("ola"), HOME)
    assert "203.0.113.0/26" not in answer.text
    assert answer.one(".res")["data-let-in"] == "true"


def test_a_member_checks_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    sanne = portal.signed_in("sanne")
    answer = check(sanne, HOME, htmx)
    assert answer.status == 403
    assert COVER not in answer.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (ELSEWHERE, f"{ELSEWHERE}/32"),
        ("2001:db8:77::5", "2001:db8:77::/64"),
        ("64:ff9b::c633:64c9", "64:ff9b::c633:64c9/128"),  # everybody behind the translator has the same /64
        ("2002:c633:64c9::1", "2002:c633:64c9::1/128"),
    ],
)
def test_it_offers_the_network_that_blocked_attempts_offer(
    portal: Portal, address: str, network: str, htmx: bool
) -> None:
    portal.set_list(COVER, active=True)
    portal.browser(address).sign_in("sanne")
    dana = portal.signed_in()
    button = dana.page().one("#allowlist-blocked .offer button")
    assert button["aria-label"] == f"Add {network} for Sanne Li"
    answer = check(dana, address, htmx)
    button = answer.one("#allowlist-checked button")
    assert button.get_text() == f"Add {network}"
    press(dana, answer, button, htmx=htmx)
    assert portal.networks()[0] == network
