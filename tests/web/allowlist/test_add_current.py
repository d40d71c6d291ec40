"""POST B/networks/current: my address, taken from the connection."""

import pytest

from tests.support.client import BASE, Browser, Portal
from tests.support.world import ELSEWHERE, HOME, IPV6, OFFICE, TRANSLATED
from webapp.domain.comment import MAX_COMMENT

URL = BASE + "/networks/current"
TOO_LONG = "x" * (MAX_COMMENT + 1)


def moved(browser: Browser, address: str | None) -> Browser:
    """Return the same browser at another address."""
    browser.address = address
    return browser


def test_an_ipv4_address_is_added_as_itself(portal: Portal) -> None:
    dana = portal.signed_in()
    answer = dana.post(URL, {"comment": "Home"})
    assert (answer.status, answer.location) == (303, BASE)
    assert (portal.networks(), portal.list().entries[0].comment) == ([HOME + "/32"], "Home")
    assert dana.page().one("#ip-allowlist")["data-covered"] == "true"
    assert not portal.list().active


def test_with_htmx_the_strip_says_that_you_are_covered(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24")
    answer = portal.signed_in().post(URL, {"scope": "address"}, htmx=True)
    assert answer.status == 200
    assert "covered by" in answer.one("#allowlist-you").get_text()
    assert '"covered": "true"' in answer.headers["HX-Trigger"]
    assert portal.networks() == [HOME + "/32", "192.0.2.0/24"]


def test_an_ipv6_address_is_added_by_default_as_its_subnet(portal: Portal) -> None:
    portal.signed_in("dana", IPV6).post(URL, {})
    assert portal.networks() == ["2001:db8:9::/64"]


def test_an_ipv6_address_is_added_alone_where_that_is_chosen(portal: Portal) -> None:
    portal.signed_in("dana", IPV6).post(URL, {"scope": "address"})
    assert portal.networks() == [IPV6 + "/128"]


def test_the_page_offers_exactly_what_is_then_added(portal: Portal) -> None:
    for address, expected in ((HOME, HOME + "/32"), (IPV6, "2001:db8:9::/64")):
        dana = portal.signed_in("dana", address)
        button = dana.page().one("#allowlist-you button")
        dana.post(URL, {str(button["name"]): str(button["value"])})
        assert portal.networks()[0] == expected


def test_the_address_is_the_connections_whatever_the_form_says(portal: Portal) -> None:
    dana = portal.signed_in()
    fields = {"network": ELSEWHERE, "address": ELSEWHERE, "current_address": ELSEWHERE, "ip": ELSEWHERE}
    dana.post(URL, fields, headers={"X-Real-IP": ELSEWHERE, "Client-IP": ELSEWHERE, "Forwarded": f"for={ELSEWHERE}"})
    assert portal.networks() == [HOME + "/32"]


def test_the_address_is_that_of_the_submitting_request(portal: Portal) -> None:
    dana = portal.signed_in()
    assert dana.page().one("#ip-allowlist")["data-current-address"] == HOME
    moved(dana, OFFICE).post(URL, {})
    assert portal.networks() == [OFFICE + "/32"]


def test_a_mapped_address_is_added_as_ipv4(portal: Portal) -> None:
    portal.signed_in("dana", "::ffff:203.0.113.9").post(URL, {"scope": "subnet", "current": "203.0.113.9"})
    assert portal.networks() == ["203.0.113.9/32"]


def test_without_a_trustworthy_address_it_is_refused_with_the_reason(portal: Portal, htmx: bool) -> None:
    nowhere = portal.signed_in("dana", None)
    answer = nowhere.post(URL, {}, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "no_address")
    assert portal.networks() == []


def test_an_unknown_scope_is_refused(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in("dana", IPV6)
    answer = dana.post(URL, {"scope": "everything"}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["scope"])
    assert portal.networks() == []


@pytest.mark.parametrize("address", TRANSLATED)
def test_a_translated_or_tunnelled_address_is_only_ever_added_alone(portal: Portal, address: str, htmx: bool) -> None:
    dana = portal.signed_in("dana", address)
    page = dana.page()
    assert "/64" not in page.text
    assert page.one("#allowlist-you button")["value"] == "address"
    answer = dana.post(URL, {"scope": "subnet"}, htmx=htmx)
    assert (answer.status, answer.errors, portal.networks()) == (422, ["scope"], [])
    dana.post(URL, {})
    assert portal.networks() == [f"{address}/128"]


@pytest.mark.parametrize("listed", [HOME + "/32", "203.0.113.0/24"])
def test_an_address_that_is_covered_already_is_not_added_again(portal: Portal, listed: str) -> None:
    portal.set_list(listed)
    answer = portal.signed_in().post(URL, {}, htmx=True)
    assert (answer.status, answer.errors) == (200, [])
    assert f"Your address {HOME} is already on the list." in answer.text
    assert portal.networks() == [listed]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("192.168.1.7", "a private address"),
        ("100.64.0.7", "a carrier-grade NAT address"),
        ("fd12::7", "a unique local address"),
    ],
)
def test_whoever_adds_an_address_that_many_may_share_is_told_so(portal: Portal, address: str, words: str) -> None:
    dana = portal.signed_in("dana", address)
    fields = dana.page().all("#allowlist-you form [name]")
    dana.post(URL, {str(field["name"]): str(field["value"]) for field in fields})
    told = dana.page().one(".notice").get_text()
    assert f"The portal sees you at {words}." in told
    assert "list your public address" not in told
    assert len(portal.networks()) == 1


def test_a_bad_comment_is_refused_and_kept(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    answer = dana.post(URL, {"comment": TOO_LONG}, htmx=htmx)
    assert (answer.status, answer.errors, answer.value("comment")) == (422, ["comment_too_long"], TOO_LONG)
    assert portal.networks() == []


def test_a_full_list_takes_no_address(portal: Portal) -> None:
    portal.put_list(*[f"192.0.{n // 256}.{n % 256}/32" for n in range(1_000)])
    answer = portal.signed_in().post(URL, {})
    assert (answer.status, answer.errors) == (422, ["full"])
    assert len(portal.networks()) == 1_000


def test_a_member_adds_no_address(portal: Portal) -> None:
    assert portal.signed_in("sanne").post(URL, {}).status == 403
    assert portal.networks() == []
