"""Quiet tags of a row: inside a wider network, or of a kind that lets nobody in."""

import pytest

from tests.support.client import BASE, Answer, Portal
from tests.support.world import HOME
from webapp.settings.allowlist.answers import MOST_RENESTED


def tags(answer: Answer, network: str) -> list[str]:
    """Return what the row of a network is tagged with."""
    found = answer.one(f'[data-network="{network}"]').select(".tag:not([hidden])")
    return [" ".join(tag.get_text().split()) for tag in found]


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("10.1.0.0/16", ["Private: not on the internet"]),
        ("fc00::/7", ["Private: not on the internet"]),
        ("100.64.0.0/10", ["Internal to providers"]),
        ("127.0.0.1/32", ["The portal’s server only"]),
        ("169.254.0.0/16", ["One cable or Wi-Fi only"]),
        ("224.0.0.0/4", ["Nobody can connect from here"]),
        ("2001:db8::/32", ["Reserved for examples"]),
        ("2002::/16", ["Stands for IPv4 addresses"]),
        ("0.0.0.0/0", ["Your network", "Every IPv4 address"]),
        ("8.0.0.0/7", ["Very wide"]),
        ("8.8.8.0/24", []),
    ],
)
def test_a_special_network_says_why_it_is_one(portal: Portal, network: str, said: list[str]) -> None:
    portal.set_list(network)
    assert tags(portal.signed_in().page(), network) == said


def test_a_network_inside_a_wider_one_names_the_narrowest_first(portal: Portal) -> None:
    portal.set_list("10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24")
    page = portal.signed_in().page()
    assert tags(page, "10.1.2.0/24")[0] == "Inside 10.1.0.0/16"
    assert tags(page, "10.1.0.0/16")[0] == "Inside 10.0.0.0/8"
    assert tags(page, "10.0.0.0/8") == ["Private: not on the internet"]


def test_nobody_is_told_that_nobody_comes_from_where_somebody_came_from(portal: Portal) -> None:
    portal.set_list("10.0.0.0/8", "203.0.113.0/24", "198.51.100.0/24")
    portal.signed_in("sanne", "10.1.2.3")
    page = portal.signed_in("dana", HOME).page()
    assert tags(page, "10.0.0.0/8") == []
    assert tags(page, "203.0.113.0/24") == ["Your network"]
    assert tags(page, "198.51.100.0/24") == ["Reserved for examples"]


def test_an_answer_names_the_rows_that_a_wider_network_is_around_now(portal: Portal) -> None:
    portal.set_list("192.0.2.7/32", "192.0.2.0/25")
    dana, (inner, outer) = portal.signed_in(), map(portal.id_of, ("192.0.2.7/32", "192.0.2.0/25"))
    added = dana.post(f"{BASE}/networks", {"network": "192.0.2.0/24"}, htmx=True)
    assert added.changed["inside"] == {"192.0.2.0/24": [outer]}
    fields = {"version": portal.version_of("192.0.2.0/25")}
    deleted = dana.post(f"{BASE}/networks/{outer}/delete", fields, htmx=True)
    assert deleted.changed["inside"] == {"192.0.2.0/24": [inner]}


def test_a_change_around_a_thousand_rows_has_a_short_header(portal: Portal) -> None:
    portal.put_list(*(f"10.{number // 256}.{number % 256}.0/24" for number in range(999)))
    answer = portal.signed_in().post(f"{BASE}/networks", {"network": "10.0.0.0/8"}, htmx=True)
    assert len(answer.changed["inside"]["10.0.0.0/8"]) == MOST_RENESTED
    assert len(answer.headers["HX-Trigger"]) < 1_500


@pytest.mark.parametrize("query", ["?sort=network&page=2", "?q=10.0.&page=1", "?page=20"])
def test_of_very_many_rows_an_answer_names_those_of_the_page(portal: Portal, query: str) -> None:
    portal.put_list(*(f"10.{number // 256}.{number % 256}.0/24" for number in range(999)))
    dana = portal.signed_in()
    shown = {int(str(row["id"]).split("-")[1]) for row in dana.get(BASE + query).all("#allowlist-rows tr")}
    here = {"HX-Current-URL": f"http://localhost{BASE}{query}"}
    answer = dana.post(f"{BASE}/networks", {"network": "10.0.0.0/8"}, htmx=True, headers=here)
    assert shown <= set(answer.changed["inside"]["10.0.0.0/8"])


@pytest.mark.parametrize("url", ["", "http://[", "?q=%ff&page=9&sort=x", "é"])
def test_where_a_page_says_nothing_of_use_the_newest_rows_are_named(portal: Portal, url: str) -> None:
    portal.put_list(*(f"10.{number // 256}.{number % 256}.0/24" for number in range(MOST_RENESTED + 1)))
    newest = portal.list().entries[0].id
    here = {"HX-Current-URL": url}
    answer = portal.signed_in().post(f"{BASE}/networks", {"network": "10.0.0.0/8"}, htmx=True, headers=here)
    assert newest in answer.changed["inside"]["10.0.0.0/8"]
