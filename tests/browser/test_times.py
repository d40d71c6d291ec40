"""Times are the reader's, wherever they come to the page; `static/js/times.js`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import Portal
from tests.support.quick import writing
from tests.support.world import ELSEWHERE, HOME
from webapp.storage.models import NetworkRow
from webapp.web import filters

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
NOW = datetime(2026, 9, 25, 14, 32, tzinfo=UTC)  # 02:32 of the 26th in Auckland
SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
"""
SHIFTED = "shifts.flatMap(({ value, sources }) => [value, ...sources.map(({ node }) => node?.textContent)])"


def opened(people: People, zone: str, now: datetime = NOW) -> Page:
    """Return Dana's page, as she sees it in a zone, by a clock of hers that stands still."""
    visitor = people.at(HOME, timezone_id=zone)
    visitor.page.clock.set_fixed_time(now)
    visitor.signs_in("dana")
    return visitor.page


def set_times(portal: Portal, added_at: datetime, last_sign_in_at: datetime) -> None:
    """Let the networks have been added, and used, then."""
    with writing(portal.app) as connection:
        connection.execute(sa.update(NetworkRow).values(added_at=added_at, last_sign_in_at=last_sign_in_at))


@pytest.mark.parametrize(
    ("zone", "added", "used"),
    [
        ("UTC", "24 Sep", "Today"),
        ("Pacific/Auckland", "25 Sep", "Yesterday"),
        ("America/New_York", "24 Sep", "Today"),
        ("Pacific/Kiritimati", "25 Sep", "Today"),
    ],
)
def test_a_day_is_the_readers(people: People, portal: Portal, zone: str, added: str, used: str) -> None:
    portal.set_list("198.51.100.0/24")
    set_times(portal, datetime(2026, 9, 24, 23, tzinfo=UTC), datetime(2026, 9, 25, 11, tzinfo=UTC))
    cells = opened(people, zone).locator("#allowlist-rows td.meta time")
    expect(cells).to_have_text([added, used])


@pytest.mark.parametrize("days", [0, 1, 2, 59, 60, 300])
def test_the_script_says_what_the_portal_says(people: People, portal: Portal, days: int) -> None:
    """In UTC, by the same clock, nothing changes but the title."""
    portal.set_list("198.51.100.0/24")
    today = datetime.now(UTC).replace(hour=0, minute=0)
    then = today - timedelta(days=days)
    set_times(portal, then, then)
    cells = people.signed_in("dana", timezone_id="UTC").page.locator("#allowlist-rows td.meta time")
    expect(cells).to_have_text([filters.day(then).striptags(), filters.since(then).striptags()])


def test_the_title_has_the_moment_and_the_zone(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/24")
    set_times(portal, NOW, datetime(2026, 9, 25, 11, tzinfo=UTC))
    used = opened(people, "Pacific/Auckland").locator("#allowlist-rows td.used time")
    expect(used).to_have_attribute("title", "25 Sep 2026, 23:00, New Zealand Standard Time")


def test_what_is_announced_has_the_times_that_are_shown(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    answer = portal.browser(ELSEWHERE).sign_in("sanne")
    dana = people.signed_in("dana", timezone_id="Asia/Kolkata").page
    dana.get_by_label("IP address").fill(str(answer.one("[data-page=blocked]")["data-reference"]))
    dana.get_by_role("button", name="Check", exact=True).click()
    shown = dana.locator("#allowlist-check .res time")
    expect(shown).to_have_attribute("title", re.compile("India Standard Time"))
    expect(dana.locator("#live")).to_contain_text(f"on {shown.inner_text()}.")
    assert "UTC" not in dana.locator("#live").inner_text()


def test_a_row_that_comes_later_has_the_readers_times(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/24")
    dana = people.signed_in("dana", timezone_id="Asia/Kolkata").page
    dana.locator("#add-network").fill("192.0.2.0/24")
    dana.get_by_role("button", name="Add network").click()
    added = dana.locator("tr[data-network='192.0.2.0/24'] time")
    expect(added).to_have_attribute("title", re.compile("India Standard Time"))


def test_the_text_to_copy_keeps_utc(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    sanne = people.at(ELSEWHERE, timezone_id="Asia/Kolkata")
    sanne.signs_in("sanne")
    shown = sanne.page.get_by_role("definition").nth(1)
    assert "UTC" not in shown.inner_text()
    then = datetime.fromisoformat(str(shown.locator("time").get_attribute("datetime")))
    expect(sanne.page.locator("#blocked-text")).to_contain_text(f"Time: {filters.utc(then)}.")


def test_nothing_moves_when_the_script_is_late(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", *(f"198.51.100.{number}/32" for number in range(30)))
    portal.signed_in("mara").post("/account/settings/ip-allowlist/activate", {"version": portal.list().revision})
    dana = people.signed_in("dana", timezone_id="Pacific/Auckland").page
    dana.add_init_script(SHIFTS)

    def late(route: Route) -> None:
        sleep(0.7)
        route.continue_()

    dana.route("**/times.js*", late)
    dana.reload()
    expect(dana.locator("#allowlist-head time")).to_have_attribute("title", re.compile("New Zealand"))
    dana.wait_for_timeout(300)
    assert dana.evaluate(SHIFTED) == []
