"""GET /account/settings and GET B: what an owner sees of the list, and what a member doesn't."""

import pytest

from tests.support.client import BASE, Answer, Portal
from tests.support.world import ELSEWHERE, HOME, IPV6
from webapp.settings.allowlist.views.query import FILTERS, SORTS, Filter, Sort

GENERAL = "/account/settings"


def rows(page: Answer) -> list[str]:
    return [str(row["data-network"]) for row in page.all("#allowlist-rows tr")]


def many(number: int) -> list[str]:
    return [f"192.0.{n // 256}.{n % 256}/32" for n in range(number)]


def test_general_shows_account_role_owners_and_state(portal: Portal) -> None:
    page = portal.signed_in("sanne").get(GENERAL)
    facts = page.one("dl.facts").get_text(" ", strip=True)
    for expected in ("Halden Freight", "member", "Dana Kessler", "Mara Osei", "Inactive"):
        assert expected in facts
    assert page.one("[data-state]")["data-state"] == "inactive"


def test_general_says_when_the_list_is_active(portal: Portal) -> None:
    portal.set_list(HOME, active=True)
    assert portal.signed_in("sanne").get(GENERAL).one("[data-state]")["data-state"] == "active"


def test_each_section_has_a_url_and_a_tab(portal: Portal) -> None:
    dana = portal.signed_in()
    for path, label in ((GENERAL, "General"), (BASE, "IP allowlist"), (f"{GENERAL}/history", "History")):
        tabs = dana.get(path).one("nav.tabs")
        assert [tab["href"] for tab in tabs.select("a")] == [GENERAL, BASE, f"{GENERAL}/history"]
        assert [tab.get_text() for tab in tabs.select("[aria-current=page]")] == [label]


def test_a_new_list_is_inactive_empty_and_says_so(portal: Portal) -> None:
    page = portal.signed_in().page()
    hooks = page.one("#ip-allowlist").attrs
    assert (hooks["data-state"], hooks["data-covered"], hooks["data-current-address"]) == ("inactive", "false", HOME)
    assert page.one(".empty h3").get_text() == "No networks yet"
    assert rows(page) == []


def test_the_hooks_follow_the_list(portal: Portal) -> None:
    dana = portal.signed_in()
    portal.set_list("203.0.113.0/24", active=True)
    hooks = dana.page().one("#ip-allowlist").attrs
    assert (hooks["data-state"], hooks["data-covered"]) == ("active", "true")
    assert hooks["data-version"] == portal.list().revision
    assert portal.signed_in("dana", HOME).page().one("#ip-allowlist")["data-version"] == hooks["data-version"]


def test_reading_the_page_changes_no_version(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    dana = portal.signed_in()
    assert dana.revision() == dana.revision() == portal.list().revision


def test_without_a_trustworthy_address_coverage_is_unknown(portal: Portal) -> None:
    portal.set_list("0.0.0.0/0")
    page = portal.signed_in("dana", None).page()
    hooks = page.one("#ip-allowlist").attrs
    assert hooks["data-covered"] == "unknown"
    assert "data-current-address" not in hooks
    assert [row["data-covers-current"] for row in page.all("#allowlist-rows tr")] == ["false"]
    assert not page.all(f"form[action='{BASE}/networks/current']")


def test_an_ipv6_address_is_shown_and_its_subnet_offered(portal: Portal) -> None:
    page = portal.signed_in("dana", IPV6).page()
    assert page.one("#ip-allowlist")["data-current-address"] == IPV6
    assert "2001:db8:9::/64" in page.one("#allowlist-you").get_text()


def test_a_row_bears_its_network_and_whether_it_covers_you(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "2001:db8::/32", comment="Office <b>VPN</b>")
    page = portal.signed_in().page()
    assert rows(page) == ["2001:db8::/32", "203.0.113.0/24"]
    row = page.one(f"#network-{portal.id_of('203.0.113.0/24')}")
    assert row["data-covers-current"] == "true"
    assert row.select(".cmt")[0].get_text() == "Office <b>VPN</b>"
    assert page.one(f"#network-{portal.id_of('2001:db8::/32')}")["data-covers-current"] == "false"


def test_with_htmx_the_section_comes_alone(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    part = portal.signed_in().get(BASE, htmx=True)
    assert part.status == 200
    assert part.one("#ip-allowlist")["data-covered"] == "true"
    assert not part.all("nav, title")


def test_every_answer_is_uncacheable_and_varies_by_htmx(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    answer = dana.get(BASE, htmx=htmx)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in answer.headers["Vary"]


def test_search_finds_text_comments_and_the_networks_around_an_address(portal: Portal) -> None:
    portal.set_list("198.51.100.0/25", comment="Rotterdam Office")
    portal.signed_in("mara").post(BASE + "/networks", {"network": "2001:db8::/32", "comment": "VPN"})
    dana = portal.signed_in()
    for query, expected in {
        "q=ROTTERDAM": ["198.51.100.0/25"],
        "q=db8": ["2001:db8::/32"],
        "q=198.51.100.77": ["198.51.100.0/25"],
        "q=198.51.100.200": [],
        "q=2001:DB8::9": ["2001:db8::/32"],
        "q=%20vpn%20": ["2001:db8::/32"],
        "q=nothing": [],
    }.items():
        page = dana.get(f"{BASE}?{query}")
        assert rows(page) == expected, query
        assert page.one("#allowlist-count").get_text() == "2"


@pytest.mark.parametrize(
    "q", ["203.0.113.1/32", "203.0.112.0/20", "::ffff:203.0.113.9", "Z%C3%BCrich", "Zu%CC%88rich", "kessler"]
)
def test_search_finds_what_is_meant_however_it_is_written(portal: Portal, q: str, htmx: bool) -> None:
    dana = portal.signed_in()
    dana.post(BASE + "/networks", {"network": "203.0.113.0/24", "comment": "Zu\u0308rich"})
    portal.signed_in("mara").post(BASE + "/networks", {"network": "2001:db8::/32", "comment": "Proxy"})
    answer = dana.get(f"{BASE}?q={q}", htmx=htmx, headers={"HX-Target": "allowlist-found"})
    assert rows(answer) == ["203.0.113.0/24"]
    assert rows(dana.get(f"{BASE}?q=2001:db8:0:0::/32")) == ["2001:db8::/32"]


def test_the_search_box_keeps_what_was_typed_and_escapes_it(portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    page = portal.signed_in().get(f'{BASE}?q="><script>alert(1)</script>&filter=ipv6&sort=network')
    assert page.value("q") == '"><script>alert(1)</script>'
    assert [option["value"] for option in page.all("option[selected]")] == ["ipv6", "network"]
    assert not page.all("script:not([src])")
    assert page.one("p.foot a")["href"] == BASE


def test_filters_narrow_and_sorting_orders(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "9.0.0.0/8")
    dana = portal.signed_in()
    newest_first = ["9.0.0.0/8", "2001:db8::/32", "10.0.0.0/8", "203.0.113.0/24"]
    assert rows(dana.page()) == newest_first
    assert rows(dana.get(BASE + "?filter=covers_me")) == ["203.0.113.0/24"]
    assert rows(dana.get(BASE + "?filter=ipv6")) == ["2001:db8::/32"]
    assert rows(dana.get(BASE + "?sort=network")) == ["9.0.0.0/8", "10.0.0.0/8", "203.0.113.0/24", "2001:db8::/32"]


def test_sorting_by_comment_puts_the_empty_ones_last(portal: Portal) -> None:
    dana = portal.signed_in()
    for network, comment in (("9.0.0.0/8", "beta"), ("10.0.0.0/8", ""), ("11.0.0.0/8", "Alpha")):
        dana.post(BASE + "/networks", {"network": network, "comment": comment})
    assert rows(dana.get(BASE + "?sort=comment")) == ["11.0.0.0/8", "9.0.0.0/8", "10.0.0.0/8"]


def test_a_network_that_does_not_count_is_not_yours(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.set_list("203.0.113.0/24")
    monkeypatch.setattr("webapp.domain.allowlist.effective_networks", lambda _listed: ())
    dana = portal.signed_in()
    page = dana.page()
    assert page.one("#ip-allowlist")["data-covered"] == "false"
    assert [row["data-covers-current"] for row in page.all("#allowlist-rows tr")] == ["false"]
    assert not page.all("#allowlist-rows .tag:not([hidden])")
    assert rows(dana.get(BASE + "?filter=covers_me")) == []


def test_a_new_filter_and_a_new_order_are_a_row_of_their_table(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.set_list("10.0.0.0/8", "192.0.2.0/24", "9.0.0.0/8")
    monkeypatch.setitem(FILTERS, "long", Filter("Long", lambda entry, _covering: entry.network.prefix > 8))
    monkeypatch.setitem(SORTS, "prefix", Sort("Prefix", lambda entry: -entry.network.prefix))
    dana = portal.signed_in()
    assert rows(dana.get(BASE + "?filter=long")) == ["192.0.2.0/24"]
    page = dana.get(BASE + "?sort=prefix")
    assert rows(page) == ["192.0.2.0/24", "9.0.0.0/8", "10.0.0.0/8"]
    assert [option.get_text() for option in page.all("option[selected]")] == ["All", "Prefix"]


def test_a_thousand_networks_come_fifty_at_a_time(portal: Portal) -> None:
    networks = many(1_000)
    portal.set_list(*networks)
    dana = portal.signed_in()
    first, last = dana.page(), dana.get(BASE + "?page=20")
    assert rows(first) == networks[:-51:-1]
    assert rows(last) == networks[49::-1]
    assert first.one("#allowlist-count").get_text() == "1000"
    assert [link.get_text() for link in first.all(".pager a")] == ["Next"] * 2
    assert [link.get_text() for link in last.all(".pager a")] == ["Previous"] * 2
    assert rows(dana.get(str(first.all(".pager a")[1]["href"]))) == networks[949:899:-1]
    assert rows(dana.get(f"{BASE}?q=192.0.3.2&sort=network&page=2")) == ["192.0.3.2/32"]
    assert len(rows(dana.get(f"{BASE}?q=192.0.2.&sort=network&page=6"))) == 6


def test_an_opened_row_is_shown_on_the_page_that_has_it(portal: Portal) -> None:
    portal.set_list(*many(120))
    entry = portal.id_of("192.0.0.3/32")
    page = portal.signed_in().get(f"{BASE}/networks/{entry}/edit")
    assert page.one(f"#network-{entry} [name=network]")["value"] == "192.0.0.3/32"
    assert "Page 3 of 3" in page.text


def test_nonsense_in_the_query_string_means_the_default(portal: Portal) -> None:
    portal.set_list(*many(60))
    dana = portal.signed_in()
    default = rows(dana.page())
    for page in ("abc", "0", "-1", "", "1.5", "%D9%A1", "%00", "1e3", "+1", "9" * 30, " 1"):
        assert rows(dana.get(f"{BASE}?page={page}")) == default, page
    for query in ("filter=nonsense", "sort=nonsense", "filter=%00&sort=%ff", "page=1&page=2", "unknown=1", "q=%20"):
        assert rows(dana.get(f"{BASE}?{query}")) == default, query
    assert len(rows(dana.get(f"{BASE}?page=99"))) == 10


def test_hostile_search_text_finds_nothing_and_breaks_nothing(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24")
    dana = portal.signed_in()
    for text in (
        "%00",
        "%1b%5b31m",
        "%ff%fe",
        "%ed%a0%80",
        "'%20OR%201=1--",
        "x" * 7000,
        "%25",
        "[",
        "::::",
        "%E2%80%AE",
    ):
        page = dana.get(f"{BASE}?q={text}")
        assert (page.status, rows(page)) == (200, []), text


def test_other_accounts_networks_are_nowhere(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", comment="secret", account=portal.world.northwind)
    page = portal.signed_in().page()
    assert rows(page) == []
    assert "secret" not in page.text
    assert rows(portal.signed_in("ola").page()) == ["192.0.2.0/24"]


def test_a_member_sees_the_state_and_the_owners_and_nothing_else(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "192.0.2.0/24", comment="secret", active=True)
    sanne = portal.signed_in("sanne")
    page = sanne.get(BASE)
    assert page.status == 200
    hooks = {name for name in page.one("#ip-allowlist").attrs if name.startswith("data-")}
    assert hooks == {"data-state"}
    assert page.one("#ip-allowlist")["data-state"] == "active"
    assert "Dana Kessler, Mara Osei" in page.text
    for hidden in ("203.0.113.0/24", "192.0.2.0/24", "secret", portal.list().revision):
        assert hidden not in page.text
    assert not page.all("#ip-allowlist form")
    loaded = sanne.get(BASE, htmx=True)
    assert (loaded.status, loaded.headers["HX-Redirect"], loaded.text) == (204, BASE, "")


def test_a_members_other_requests_for_the_section_are_refused(portal: Portal, htmx: bool) -> None:
    portal.set_list("203.0.113.0/24", comment="secret")
    entry = portal.id_of("203.0.113.0/24")
    sanne = portal.signed_in("sanne")
    for path in (
        "/activate",
        "/deactivate",
        "/check?address=1.2.3.4",
        *(f"/networks/{entry}{a}" for a in ("", "/edit")),
    ):
        answer = sanne.get(BASE + path, htmx=htmx)
        assert answer.status == 403, path
        assert "203.0.113.0/24" not in answer.text


def test_the_page_warns_of_what_the_whole_list_lets_in(portal: Portal) -> None:
    portal.set_list("0.0.0.0/1", "128.0.0.0/1")
    notes = " ".join(note.get_text() for note in portal.signed_in("dana", ELSEWHERE).page().all("p.foot"))
    assert "every IPv4 address" in notes
    assert "Only IPv4 or only IPv6" in notes
