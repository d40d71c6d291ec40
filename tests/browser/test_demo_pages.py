"""The demo shows what the list protects: the example's pages, in a real browser, as `make run` serves them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import PATIENCE_MS
from tests.support.axe import TAGS, violations
from tests.support.server import ROOT, Server
from webapp.demo import sample_data

pytestmark = pytest.mark.browser
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def pages_of_the_demo() -> str:
    """Return the pages that `make run` serves, as its script says."""
    script = (ROOT / "scripts" / "demo-env").read_text(encoding="utf-8")
    return script.partition("PORTAL_PAGES-")[2].partition("}")[0]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The demo, seeded; its URL."""
    with TemporaryDirectory() as folder:
        env = {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'demo.sqlite3'}",
            "SECRET_KEY": "a key for tests, and long enough",
            "DEMO": "1",
            "PORTAL_PAGES": pages_of_the_demo(),
        }
        for command in (["db", "upgrade"], ["demo", "seed"]):
            flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
            subprocess.run(flask, cwd=ROOT, env={"PATH": "/usr/bin:/bin", **env}, check=True, capture_output=True)
        with Server(env) as server:
            yield server.url


@pytest.fixture(params=[True, False], ids=["javascript", "no_javascript"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: str) -> Iterator[Page]:
    """Dana's browser, from which she has gone to the servers and signed in on her way."""
    context = browser.new_context(base_url=demo, java_script_enabled=request.param)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, "dana@halden.example")
    yield page
    context.close()


def sign_in(page: Page, email: str) -> None:
    """Go to the servers; sign in on the way."""
    page.goto("/servers")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(sample_data.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Servers", level=1)).to_be_visible()


def test_an_owner_opens_a_server_and_restarts_it(page: Page) -> None:
    expect(page.get_by_role("link", name="halden-")).to_have_count(3)
    page.get_by_role("link", name="halden-web-1").click()
    expect(page.get_by_role("navigation").locator("[aria-current]")).to_have_text("Servers")
    page.get_by_role("button", name="Restart").click()
    expect(page.get_by_role("status").filter(has_text="halden-web-1 will restart")).to_be_visible()


def test_another_accounts_server_is_not_found(page: Page) -> None:
    answer = page.goto("/servers/201")
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()


def test_the_list_keeps_a_colleague_elsewhere_from_the_servers(browser: Browser, demo: str) -> None:
    dana, sanne = (browser.new_context(base_url=demo).new_page() for _ in range(2))
    sign_in(dana, "dana@halden.example")
    sign_in(sanne, "sanne@halden.example")
    sanne.get_by_role("button", name="Elsewhere").click()
    expect(sanne.get_by_role("heading", name="Servers")).to_be_visible()
    dana.goto("/account/settings/ip-allowlist/activate")
    dana.get_by_role("button", name="Add my address and activate").click()
    expect(dana.locator("#ip-allowlist[data-state=active]")).to_be_visible()
    sanne.get_by_role("link", name="halden-web-1").click()
    expect(sanne.locator("[data-page=blocked]")).to_be_visible()
    dana.goto("/account/settings/ip-allowlist/deactivate")
    dana.get_by_role("button", name="Deactivate").first.click()


@pytest.mark.parametrize("path", ["/servers", "/servers/101?restarts=1", "/servers/103"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, demo: str, path: str) -> None:
    dana = browser.new_context(base_url=demo).new_page()
    sign_in(dana, "dana@halden.example")
    dana.goto(path)
    faults: list[Any] = []
    for width in (1280, 390, 320):
        dana.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            dana.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += [(width, scheme, fault) for fault in violations(dana, TAGS)]
            faults += [(width, scheme, "scrolls sideways")] if dana.evaluate(TOO_WIDE) else []
    assert faults == []
