"""GET H/<id>: one event, before and after, and the list as it was after it."""

from __future__ import annotations

from bs4 import Tag

from tests.support.client import BASE, HISTORY, Answer, Browser, Portal
from tests.web.history.test_page import OFFICE, VPN, events

COMMENTED = {"network": OFFICE, "comment": "Office"}


def latest(browser: Browser) -> Answer:
    """Return the page of the latest event."""
    return browser.get(f"{HISTORY}/{events(browser.get(HISTORY))[0]}")


def networks(part: Tag) -> list[tuple[str, str]]:
    return [(str(row["data-network"]), row.select(".cmt")[0].get_text()) for row in part.select("tr[data-network]")]


def test_it_shows_what_a_network_was_and_what_it_became(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", COMMENTED)
    url, version = f"{BASE}/networks/{portal.id_of(OFFICE)}", portal.version_of(OFFICE)
    portal.signed_in("mara").post(url, {"network": VPN, "comment": "VPN", "version": version})
    page = latest(dana)
    assert page.one("article")["data-kind"] == "edit"
    assert networks(page.one("[data-side=before]")) == [(OFFICE, "Office")]
    assert networks(page.one("[data-side=after]")) == [(VPN, "VPN")]
    assert "Dana Kessler" in page.one("[data-side=before] .meta").get_text()
    facts = page.one("dl.facts").get_text(" ", strip=True)
    assert "Mara Osei" in facts
    assert "203.0.113.42" in facts


def test_it_shows_the_list_as_it_was_after_it_and_the_way_back(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", COMMENTED)
    event = events(dana.get(HISTORY))[0]
    now = dana.get(f"{HISTORY}/{event}")
    assert not now.all("a[href$=restore]")
    dana.post(f"{BASE}/networks/{portal.id_of(OFFICE)}/delete", {"version": portal.version_of(OFFICE)})
    then = dana.get(f"{HISTORY}/{event}")
    assert networks(then.one("#past-list")) == [(OFFICE, "Office")]
    assert then.one("#past-list a")["href"] == f"{HISTORY}/{event}/restore"
    assert networks(latest(dana).one("#past-list")) == []


def test_a_sign_out_changed_no_list_and_says_whose_it_was(portal: Portal) -> None:
    portal.signed_in("sanne")
    dana = portal.signed_in()
    key = dana.page().one("#allowlist-signed-in button[name=key]")["value"]
    dana.post(f"{BASE}/sessions/end", {"key": key})
    page = latest(dana)
    assert not page.all("[data-side]")
    assert "You signed Sanne Li out" in page.one("article").get_text()


def test_with_htmx_the_browser_loads_it(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", COMMENTED)
    url = f"{HISTORY}/{events(dana.get(HISTORY))[0]}"
    assert dana.get(url, htmx=True).headers["HX-Redirect"] == url


def test_the_way_back_leads_to_what_was_searched_for(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", COMMENTED)
    dana.post(f"{BASE}/networks", {"network": VPN, "comment": "VPN"})
    asked = f"{HISTORY}?who={portal.world.users['dana']}&what=add&network=192.0.2.0%2F24"
    for searched in (HISTORY, asked):
        found = dana.get(searched)
        assert found.all("[data-event]")
        way = found.all("[data-event] a[href*='/history/']")[0]["href"]
        back = dana.get(str(way)).one("article header p.not-printed.small a")["href"]
        assert str(back).replace("/24", "%2F24") == searched
        assert events(dana.get(str(back))) == events(found)
