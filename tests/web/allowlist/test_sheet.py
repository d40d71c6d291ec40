"""GET B/print: the whole list on one sheet, for paper."""

import pytest

from tests.conftest import Clock
from tests.support.client import BASE, Portal

SHEET = f"{BASE}/print"


def test_the_sheet_has_every_network_whatever_page_would_show_it(portal: Portal) -> None:
    networks = [f"192.0.2.{number}/32" for number in range(120)]
    portal.put_list(*networks)
    rows = portal.signed_in().get(SHEET + "?q=nothing&page=3").all("tr[data-network]")
    assert [row["data-network"] for row in rows] == networks[::-1]


def test_the_sheet_says_whose_list_it_is_its_state_who_printed_it_and_when(portal: Portal, time: Clock) -> None:
    portal.set_list("203.0.113.0/24", active=True, comment="Office")
    sheet = portal.signed_in("mara").get(SHEET).one("main").get_text(" ", strip=True)
    assert sheet.split()[5:11] == ["IP", "allowlist", "of", "Halden", "Freight", "Active"]
    assert "Printed by Mara Osei, 25 Sep 2026, 14:32 UTC ." in sheet
    assert "Office" in sheet


def test_the_sheet_says_who_has_put_the_list_into_effect(portal: Portal, time: Clock) -> None:
    portal.set_list("203.0.113.0/24")
    dana = portal.signed_in()
    dana.post(f"{BASE}/activate", {"version": dana.revision()})
    assert "In effect since 25 Sep 2026, 14:32 UTC, by Dana Kessler." in dana.get(SHEET).one("main").get_text()


@pytest.mark.parametrize("sort", ["", "network"])
def test_the_page_links_to_the_sheet_in_its_own_order(portal: Portal, sort: str) -> None:
    portal.set_list("203.0.113.0/24", "192.0.2.0/24")
    dana = portal.signed_in()
    page = dana.get(f"{BASE}?sort={sort}")
    shown = [row["data-network"] for row in page.all("#allowlist-rows tr")]
    sheet = dana.get(str(page.one(f"a[href^='{SHEET}']")["href"]))
    assert [row["data-network"] for row in sheet.all("tr[data-network]")] == shown


def test_an_empty_list_has_a_sheet(portal: Portal) -> None:
    assert "No networks yet." in portal.signed_in().get(SHEET).text


def test_a_member_gets_no_sheet(portal: Portal) -> None:
    assert portal.signed_in("sanne").get(SHEET).status == 403
