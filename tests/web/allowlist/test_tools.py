"""The tools beside the list: signed in now, blocked attempts, last sign-in; and what a search answers over HTMX."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.support.client import BASE, Answer, Portal
from tests.support.quick import put_list, start_session
from tests.support.world import ELSEWHERE, HOME, IPV6
from webapp.runtime import clock
from webapp.storage import blocked_attempts, network_rows, write

COVER, OFFICE = "203.0.113.0/24", "198.51.100.14"


def present(portal: Portal, person: str, address: str | None, browser: str | None = None) -> str:
    """Somebody is signed in from an address; return the session's id."""
    account = portal.world.northwind if person == "ola" else portal.world.halden
    return start_session(portal.app, account, portal.world.users[person], address, browser)


def blocked(
    portal: Portal, address: str, *, days: float = 0, person: str = "sanne", account: int | None = None
) -> None:
    """Somebody was blocked so many days ago."""
    with portal.app.app_context():
        write(
            lambda session: blocked_attempts.record(
                session,
                account_id=account or portal.world.halden,
                user_id=portal.world.users[person],
                address=address,
                now=clock.now() - timedelta(days=days),
            )
        )


def people(answer: Answer) -> list[str]:
    """Return who the card names, with addresses."""
    items = answer.all("#allowlist-signed-in .people li")
    return [" ".join(tag.get_text(" ", strip=True) for tag in item.select("b, .ip, .tag")) for item in items]


def test_signed_in_now_names_everybody_with_their_address(portal: Portal, time: Clock) -> None:
    portal.set_list(COVER)
    present(portal, "sanne", OFFICE)
    time.advance(timedelta(minutes=5))
    present(portal, "mara", "203.0.113.9")
    present(portal, "ola", OFFICE)
    assert people(portal.signed_in().page()) == [
        f"Dana Kessler {HOME}",
        "Mara Osei 203.0.113.9",
        f"Sanne Li {OFFICE} Not on the list",
    ]


def test_sessions_of_one_person_differ_by_browser_and_system(portal: Portal) -> None:
    for browser in ("Safari on iPhone", "Firefox on Windows", None):
        present(portal, "sanne", OFFICE, browser)
    dana = portal.signed_in().get(BASE, headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:142.0) Firefox/142.0"})
    lines = [tag.get_text(" ", strip=True) for tag in dana.all("#allowlist-signed-in .people li div")]
    assert f"{HOME} , Firefox on Windows" in lines[0]
    assert {line.partition(OFFICE)[2].removesuffix("Not on the list").strip() for line in lines[1:]} == {
        ", Safari on iPhone",
        ", Firefox on Windows",
        "",
    }
    buttons = {str(button["aria-label"]) for button in dana.all("#allowlist-signed-in button[name=key]")}
    assert f"Sign out Sanne Li, {OFFICE}, Safari on iPhone" in buttons
    assert len(buttons) == 3


def test_whoever_has_been_idle_for_too_long_is_not_signed_in(portal: Portal, time: Clock) -> None:
    present(portal, "sanne", OFFICE)
    time.advance(timedelta(hours=2, seconds=1))
    assert people(portal.signed_in().page()) == [f"Dana Kessler {HOME}"]


def test_an_owner_signs_somebody_out(portal: Portal, htmx: bool) -> None:
    sanne, dana = portal.signed_in("sanne", OFFICE), portal.signed_in()
    key = str(dana.page().one("[name=key]")["value"])
    answer = dana.post(f"{BASE}/sessions/end", {"key": key}, htmx=htmx)
    assert answer.status == (200 if htmx else 303)
    page = answer if htmx else dana.page()
    assert f"Signed out Sanne Li, {OFFICE}." in page.text
    assert people(page) == [f"Dana Kessler {HOME}"]
    assert sanne.get("/").location == "/login?next=/"
    assert dana.get("/").status == 200


def test_a_key_of_another_account_or_of_nobody_ends_nothing(portal: Portal) -> None:
    ola, dana = portal.signed_in("ola"), portal.signed_in()
    foreign = [str(tag["value"]) for tag in portal.signed_in("ola").page().all("[name=key]")]
    assert foreign
    for key in (*foreign, "", "%", "_" * 16, "0" * 16, "\0"):
        assert dana.post(f"{BASE}/sessions/end", {"key": key}).status == 303
    assert dana.post(f"{BASE}/sessions/end", {"key": ["a", "b"]}).status == 422
    assert ola.get("/").status == 200


def test_a_member_signs_nobody_out(portal: Portal) -> None:
    dana, sanne = portal.signed_in(), portal.signed_in("sanne")
    key = str(dana.page().all("[name=key]")[0]["value"])
    assert sanne.post(f"{BASE}/sessions/end", {"key": key}).status == 403
    assert sanne.post(f"{BASE}/sessions/end", {"key": key}, csrf="old").status == 400
    assert "Dana" not in sanne.post(f"{BASE}/sessions/end", {"key": key}, csrf="old").one("main").get_text()
    for path in ("/sessions", "/blocked"):
        assert sanne.get(BASE + path).status == 403
    assert sanne.get("/").status == 200


def test_an_old_form_signs_nobody_out_and_is_fresh_again(portal: Portal, htmx: bool) -> None:
    sanne, dana = portal.signed_in("sanne"), portal.signed_in()
    key = str(dana.page().one("[name=key]")["value"])
    answer = dana.post(f"{BASE}/sessions/end", {"key": key}, csrf="old", htmx=htmx)
    assert (answer.status, answer.refused) == (400, "csrf")
    assert sanne.get("/").status == 200


def test_the_card_shows_a_few_and_all_on_demand(portal: Portal, htmx: bool) -> None:
    for number in range(20):
        present(portal, "sanne", f"198.51.100.{number}")
    dana = portal.signed_in()
    assert len(people(dana.page())) == 9
    assert "Show 12 more" in dana.page().text
    everybody = dana.get(f"{BASE}/sessions?all=1", htmx=htmx)
    assert len(people(everybody)) == 21
    assert everybody.one("#signed-in-more").get_text() == "12 more, last seen earlier:"
    assert not everybody.all("#signed-in-more[autofocus]")


def test_without_attempts_it_says_so(portal: Portal) -> None:
    blocked(portal, ELSEWHERE, days=14)
    blocked(portal, ELSEWHERE, person="ola", account=portal.world.northwind)
    card = portal.signed_in().page().one("#allowlist-blocked")
    assert "No blocked attempts in the last 14 days." in card.get_text()
    assert not card.select("svg")


def test_the_chart_and_the_table_have_the_same_numbers(portal: Portal, time: Clock) -> None:
    for days, count in ((0, 2), (1, 5), (13, 1), (14, 7)):
        for _ in range(count):
            blocked(portal, ELSEWHERE, days=days)
    dana = portal.signed_in()
    for card in (dana.page(), dana.get(f"{BASE}/blocked", htmx=True)):
        numbers = [int(cell.get_text()) for cell in card.all("#allowlist-blocked tbody td")]
        assert numbers == [1, *[0] * 11, 5, 2]
        heights = [float(str(bar["height"])) for bar in card.all("#allowlist-blocked rect")]
        assert [height for height in heights if height > 2] == [17, 84, 34]
        assert card.one("#allowlist-blocked rect.hi")["height"] == "84"
        assert f"8 in the last 14 days, most from {ELSEWHERE}" in card.one("#allowlist-blocked").get_text()


def test_todays_bar_and_the_highest_have_their_number_and_a_day_without_attempts_has_no_bar(
    portal: Portal, time: Clock
) -> None:
    for days, count in ((0, 2), (1, 5), (13, 1)):
        for _ in range(count):
            blocked(portal, ELSEWHERE, days=days)
    chart = portal.signed_in().page().one("svg.chart")
    assert [bar.get("class") for bar in chart.select("rect")] == [None, ["hi"], ["today"]]
    assert [text.get_text() for text in chart.select("text")] == ["5", "2"]
    assert not chart.has_attr("viewbox")


def attempts_listed(answer: Answer) -> list[str]:
    """Return person and address of each line of the blocked attempts."""
    items = answer.all("#allowlist-blocked .people li")
    return [" ".join(tag.get_text() for tag in item.select("b, .ip")) for item in items]


def test_attempts_are_listed_by_person_and_address_the_latest_first(portal: Portal, time: Clock) -> None:
    for person, address, days in (("sanne", ELSEWHERE, 3), ("dana", ELSEWHERE, 2), ("sanne", IPV6, 1), ("mara", "", 0)):
        blocked(portal, address, person=person, days=days)
    blocked(portal, ELSEWHERE, person="sanne", days=5)
    dana = portal.signed_in()
    assert attempts_listed(dana.page()) == [
        "Mara Osei address can’t be determined",
        f"Sanne Li {IPV6}",
        f"Dana Kessler {ELSEWHERE}",
        f"Sanne Li {ELSEWHERE}",
    ]
    lines = [item.get_text(" ", strip=True) for item in dana.page().all("#allowlist-blocked .people li")]
    assert "1, last attempt just now" in lines[0]
    assert "2, last attempt 3 days ago" in lines[3]


def test_whoever_was_blocked_a_minute_ago_is_listed_first_however_many_were_before(portal: Portal, time: Clock) -> None:
    for number in range(6):
        for _ in range(9):
            blocked(portal, f"198.51.100.{number}", person="mara", days=1 + number)
    assert "Earlier ones are found by their reference" in portal.signed_in().page().text
    time.advance(timedelta(minutes=1))
    blocked(portal, "198.51.100.0", person="sanne")
    time.advance(timedelta(minutes=1))
    listed = attempts_listed(portal.signed_in().page())
    assert listed[:2] == ["Sanne Li 198.51.100.0", "Mara Osei 198.51.100.0"]
    assert len(listed) == 5


def test_a_blocked_address_is_one_press_from_the_list(portal: Portal) -> None:
    portal.set_list(COVER)
    for address in (ELSEWHERE, IPV6, "203.0.113.200", ""):
        blocked(portal, address)
    items = {item.select(".ip")[0].get_text(): item for item in portal.signed_in().page().all("#allowlist-blocked li")}
    fields = "[name=network], [name=comment]"
    offered = {address: [str(field["value"]) for field in item.select(fields)] for address, item in items.items()}
    assert offered == {
        ELSEWHERE: [f"{ELSEWHERE}/32", "Sanne Li"],
        IPV6: ["2001:db8:9::/64", "Sanne Li"],
        "203.0.113.200": [],
        "address can’t be determined": [],
    }
    assert "On the list" in items["203.0.113.200"].get_text()


def last_sign_ins(portal: Portal) -> dict[str, str]:
    """Return what the page says of each network's last sign-in."""
    rows = portal.signed_in("dana", "192.0.2.99").page().all("tr[data-network]")
    return {str(row["data-network"]): row.select(".used")[0].get_text() for row in rows}


def test_the_last_sign_in_is_kept_for_every_network_around_the_address(portal: Portal, time: Clock) -> None:
    portal.set_list(COVER, f"{HOME}/32", "198.51.100.0/24", "::/0")
    time.advance(-timedelta(days=1))
    portal.signed_in("sanne")
    time.advance(timedelta(days=1))
    assert last_sign_ins(portal) == {
        "::/0": "Never",
        "198.51.100.0/24": "Never",
        f"{HOME}/32": "Yesterday",
        COVER: "Yesterday",
    }


def test_a_request_is_no_sign_in_and_a_blocked_one_neither(portal: Portal, time: Clock) -> None:
    sanne = portal.signed_in("sanne")
    portal.set_list("198.51.100.0/24", "192.0.2.0/28", active=True)
    assert sanne.get("/").status == 403
    assert portal.browser(ELSEWHERE).sign_in("sanne", password="wrong").status == 401
    assert {entry.last_sign_in_at for entry in portal.list().entries} == {None}


def test_a_network_added_or_edited_later_knows_the_sign_ins_before(portal: Portal, time: Clock) -> None:
    portal.signed_in("sanne", OFFICE)
    time.advance(timedelta(days=3))
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", {"network": "198.51.100.0/24"})
    assert last_sign_ins(portal)["198.51.100.0/24"] == "3 days ago"
    version, url = portal.version_of("198.51.100.0/24"), f"{BASE}/networks/{portal.id_of('198.51.100.0/24')}"
    dana.post(url, {"network": "198.51.100.128/25", "version": version})
    assert last_sign_ins(portal)["198.51.100.128/25"] == "Never"


def test_sign_ins_from_elsewhere_hide_none_and_only_so_many_are_looked_at(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    monkeypatch.setattr(network_rows, "MAX_SIGN_INS_SEARCHED", 3)
    for address in (OFFICE, *(f"192.0.2.{n}" for n in range(1, 7))):
        portal.signed_in("sanne", address)
        time.advance(timedelta(days=1))
    dana = portal.signed_in()
    for network in ("198.51.100.0/24", "192.0.2.6/32", "192.0.2.1/32"):
        dana.post(f"{BASE}/networks", {"network": network})
    said = {"198.51.100.0/24": "7 days ago", "192.0.2.6/32": "Yesterday", "192.0.2.1/32": "Never"}
    assert last_sign_ins(portal) == said


def test_a_sign_in_changes_no_version(portal: Portal) -> None:
    portal.set_list(COVER)
    before = portal.list()
    portal.signed_in("sanne")
    after = portal.list()
    assert (after.revision, after.entries[0].version) == (before.revision, before.entries[0].version)
    assert after.entries[0].last_sign_in_at


def test_a_search_over_htmx_answers_what_was_found_and_its_address(portal: Portal) -> None:
    put_list(portal.app, portal.world.halden, *(f"192.0.2.{number}/32" for number in range(120)))
    dana = portal.signed_in()
    answer = dana.get(f"{BASE}?q=192.0.2.11&filter=&sort=network", htmx=True, headers={"HX-Target": "allowlist-found"})
    assert answer.status == 200
    assert not answer.all("#ip-allowlist")
    assert "1 of 120 networks matches “192.0.2.11”." in answer.text
    assert answer.headers["HX-Replace-Url"] == f"{BASE}?q=192.0.2.11&sort=network"
    turned = dana.get(f"{BASE}?page=2", htmx=True, headers={"HX-Target": "allowlist-found"})
    assert "Networks 51 to 100 of 120." in turned.text
    assert turned.one("#networks-title[autofocus]")
    assert len(turned.all("#allowlist-rows tr")) == 50


def test_changes_are_shown_without_what_the_page_keeps(portal: Portal) -> None:
    portal.set_list(COVER, "198.51.100.0/24")
    kept, gone = portal.id_of(COVER), 999
    answer = portal.signed_in().get(
        f"{BASE}?keep={kept}&keep={gone}&keep=x", htmx=True, headers={"HX-Target": "ip-allowlist"}
    )
    rows = {str(row["id"]): row.has_attr("hx-preserve") for row in answer.all("#allowlist-rows tr")}
    assert rows == {
        f"network-{gone}": True,
        f"network-{portal.id_of('198.51.100.0/24')}": False,
        f"network-{kept}": True,
    }
    assert answer.one("#allowlist-add[hx-preserve]")


def test_only_networks_never_signed_in_from(portal: Portal) -> None:
    portal.set_list(COVER, "198.51.100.0/24")
    dana = portal.signed_in()
    rows = dana.get(f"{BASE}?filter=never_used").all("tr[data-network]")
    assert [row["data-network"] for row in rows] == ["198.51.100.0/24"]
    rows = dana.get(f"{BASE}?sort=last_sign_in").all("tr[data-network]")
    assert [row["data-network"] for row in rows] == [COVER, "198.51.100.0/24"]


def test_networks_that_nobody_has_used_for_90_days_and_the_oldest_use_first(portal: Portal, time: Clock) -> None:
    portal.set_list(COVER, "198.51.100.0/24")
    portal.signed_in("sanne", OFFICE)
    time.advance(timedelta(days=60))
    portal.signed_in()
    time.advance(timedelta(days=30))
    portal.set_list("192.0.2.0/24", COVER, "198.51.100.0/24")
    dana = portal.signed_in("mara", "2001:db8::9")
    rows = dana.get(f"{BASE}?filter=unused_90_days").all("tr[data-network]")
    assert [row["data-network"] for row in rows] == ["198.51.100.0/24"]
    rows = dana.get(f"{BASE}?sort=oldest_use").all("tr[data-network]")
    assert [row["data-network"] for row in rows] == ["192.0.2.0/24", "198.51.100.0/24", COVER]


def test_the_header_says_since_when_and_by_whom_it_is_in_effect(portal: Portal, time: Clock) -> None:
    portal.set_list(COVER)
    mara = portal.signed_in("mara")
    mara.post(f"{BASE}/activate", {"version": portal.list().revision})
    for person, name in (("dana", "Mara Osei"), ("mara", "you")):
        head = portal.signed_in(person).page().one("#allowlist-head").get_text()
        assert f"In effect since 25 Sep 2026, 14:32 UTC, by {name}." in head
