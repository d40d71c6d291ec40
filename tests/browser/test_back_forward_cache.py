"""With Chromium's back/forward cache on, which tests usually start without: Back shows nothing of the account."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser.matrix import ON_SQLITE
from tests.browser.visitor import Visitor
from tests.support import chromium
from tests.support.client import BASE, Portal
from tests.support.server import Server
from tests.support.world import ELSEWHERE

pytestmark = [pytest.mark.browser, ON_SQLITE]
LISTED = "203.0.113.0/24"
# The window's name outlives its pages, the cached ones too.
REMEMBER = "addEventListener('pageshow', event => { window.name += event.persisted ? 'restored ' : 'loaded '; });"


@pytest.fixture(scope="module")
def caching(browser: Browser) -> Iterator[Browser]:
    """A Chromium as people have it."""
    if chromium.find_executable(chromium.WITH_CACHE) is None:
        pytest.skip("there is no Chromium with a back/forward cache here (package chromium)")
    caching = chromium.launch_with_cache(browser)
    yield caching
    caching.close()


@pytest.fixture
def mara(caching: Browser, server: Server, portal: Portal) -> Iterator[Visitor]:
    """Mara, signed in elsewhere, on the page of the IP allowlist."""
    portal.set_list(LISTED, comment="Rotterdam office")
    mara = Visitor(caching, server.url, ELSEWHERE, javascript=True)
    mara.context.add_init_script(REMEMBER)
    mara.signs_in("mara")
    yield mara
    mara.close()


def sees_nothing(mara: Visitor) -> None:
    """Go back, and find nothing of the account."""
    mara.page.go_back(wait_until="commit")
    mara.is_asked_to_sign_in()
    expect(mara.page.locator("body")).not_to_contain_text("Rotterdam")


def test_the_cache_is_on(mara: Visitor) -> None:
    mara.goes_to("/account/settings")
    mara.goes_to("/")
    mara.page.go_back(wait_until="commit")
    for _ in range(600):
        mara.page.wait_for_timeout(50)
        with suppress(Error):  # while the page is being loaded anew
            if "restored" in mara.page.evaluate("window.name"):
                return
    pytest.fail("the page was not restored")


def test_after_a_block_back_shows_nothing(mara: Visitor, portal: Portal) -> None:
    portal.force_active()
    mara.goes_to("/")
    mara.is_blocked(ELSEWHERE)
    sees_nothing(mara)


def test_after_a_block_within_the_page_back_shows_nothing(mara: Visitor, portal: Portal) -> None:
    portal.force_active()
    mara.looks_back()
    mara.is_blocked(ELSEWHERE)
    sees_nothing(mara)


def test_after_signing_out_back_shows_nothing(mara: Visitor) -> None:
    mara.signs_out()
    sees_nothing(mara)


def test_a_page_that_is_restored_is_loaded_again(mara: Visitor, portal: Portal) -> None:
    mara.goes_to("/account/settings")
    portal.set_list("192.0.2.0/24")
    mara.page.go_back(wait_until="commit")
    expect(mara.page.locator("[data-network='192.0.2.0/24']")).to_be_visible()
    assert mara.page.url.endswith(BASE)
