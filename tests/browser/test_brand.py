"""With somebody else's name, links, logo and colors every kind of page can still be read; `examples/brand/`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.test_accessibility import check
from tests.support.client import BASE, Portal
from tests.support.server import ROOT, Server
from tests.support.world import ELSEWHERE, HOME

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
NAME, EMAIL, HELP = "Acme", "support@example.com", "https://help.example.com/"
LONG = "The Customer Portal of Halden Freight Rotterdam and Partners"
LINKS = {"SUPPORT_CONTACT": EMAIL, "HELP_URL": HELP, "PORTAL_PAGES": "examples.pages.servers:pages"}
DRAWN = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"


def start(database_url: str, **settings: str) -> Server:
    """Start a server with settings of its own."""
    env = {"DATABASE_URL": database_url, "SECRET_KEY": "a key for tests, and long enough"}
    env |= {"TRUSTED_PROXIES": "127.0.0.1"}
    return Server(env | LINKS | settings, app="tests.support.quick_wsgi:app")


@pytest.fixture(scope="module")
def branded_servers(sqlite_url: str) -> Iterator[dict[str, Server]]:
    """A server with the example's look, and one with ours and the longest name."""
    look = str(ROOT / "examples" / "brand")
    with start(sqlite_url, PORTAL_NAME=NAME, BRAND_DIR=look) as branded, start(sqlite_url, PORTAL_NAME=LONG) as named:
        yield {"brand": branded, "name": named}


@pytest.fixture(params=["brand", "name"])
def server(request: pytest.FixtureRequest, branded_servers: dict[str, Server]) -> Server:
    """Take the place of the server that other tests share."""
    return branded_servers[request.param]


def check_brand(page: Page) -> None:
    """Check the page in its sizes and themes, and that its pictures are there."""
    check(page)
    assert page.evaluate(DRAWN)
    assert page.locator(f".help a[href='mailto:{EMAIL}']").is_visible()
    assert page.locator(f".help a[href='{HELP}']").is_visible()


@pytest.mark.parametrize("path", ["/login", "/nowhere"])
def test_outside_the_portal(people: People, path: str) -> None:
    visitor = people.at(HOME) if path == "/login" else people.signed_in("dana")
    visitor.goes_to(path)
    check_brand(visitor.page)


def test_why_somebody_is_blocked(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    check_brand(people.signed_in("sanne", ELSEWHERE).page)


@pytest.mark.parametrize("path", ["/", BASE, f"{BASE}/activate", "/account/settings/history", "/servers"])
def test_in_the_portal(people: People, portal: Portal, path: str) -> None:
    portal.set_list("198.51.100.0/24", "2001:db8::/32", comment="Rotterdam office")
    dana = people.signed_in("dana")
    dana.goes_to(path)
    check_brand(dana.page)
