"""A stranger's application at `/` of the portal's host, behind each proxy, as people in a browser go about in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urldefrag

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import PATIENCE_MS
from tests.support.chromium import ARGUMENTS, find_executable
from tests.support.nginx import HOST
from tests.support.protected import KINDS, Protected, protected, require
from tests.support.world import PASSWORD, email_of

pytestmark = pytest.mark.browser
HERE = "127.0.0.1"  # where the browser comes from; the proxy asks the portal at ::1, so that this is nobody's proxy
ORDERS = "/orders.html"
OURS = re.compile(r"/(account|login|logout|blocked|session|auth|static|api)(/|\?|$)")
LOOK = """async path => {
    const answer = await fetch(path), isPage = (answer.headers.get("Content-Type") || "").includes("text/html");
    const found = new DOMParser().parseFromString(isPage ? await answer.text() : "", "text/html");
    const links = [...found.querySelectorAll("a[href]")].map(link => link.getAttribute("href"));
    return {status: answer.status, url: answer.url, links};
}"""
TALK = """() => new Promise(resolve => {
    const socket = new WebSocket(`wss://${location.host}/socket`);
    socket.onopen = () => socket.send("hello");
    socket.onerror = () => resolve("refused");
    socket.onmessage = message => { resolve(message.data); socket.close(); };
})"""
FETCH = "path => fetch(path).then(answer => [answer.status, answer.redirected])"


@pytest.fixture(params=KINDS)
def behind(request: pytest.FixtureRequest) -> Iterator[Protected]:
    """The application behind each of the two, with `/` for its own."""
    require(request.param)
    with protected(request.param, host="::1", PORTAL_HOME="/") as found:
        found.put_list(f"{HERE}/32")
        yield found


@pytest.fixture
def page(browser: Browser, behind: Protected) -> Iterator[Page]:
    """A tab in a browser for which the portal's host is the proxy on loopback."""
    rule = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{behind.edge.https}"
    with closing(browser.browser_type.launch(executable_path=find_executable(), args=[*ARGUMENTS, rule])) as own:
        context = own.new_context(base_url=f"https://{HOST}", ignore_https_errors=True)
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


def signs_in(page: Page, person: str) -> None:
    """Fill the form in, and send it."""
    page.get_by_label("E-mail").fill(email_of(person))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")


def is_asked_to_sign_in(page: Page) -> None:
    """See the sign-in page, which leads back."""
    expect(page).to_have_url(re.compile(rf"https://{HOST}/login\?next=(%2F|/)orders.html"))


def is_at(page: Page, path: str) -> None:
    """See that the tab has come to a path."""
    expect(page).to_have_url(f"https://{HOST}{path}")


def test_the_way_into_the_application_and_out_of_it(behind: Protected, page: Page) -> None:
    page.goto(ORDERS)
    is_asked_to_sign_in(page)
    signs_in(page, "dana")
    is_at(page, ORDERS)
    expect(page.get_by_role("heading")).to_have_text(f"Orders of {email_of('dana')}")

    page.get_by_label("What").fill("bolts")
    page.get_by_role("button", name="Order").click()
    expect(page.locator("#got")).to_have_text("what=bolts")
    assert page.evaluate(FETCH, "/data") == [200, False]
    assert page.evaluate(TALK) == "hello"

    page.get_by_role("link", name="Account").click()
    is_at(page, "/account")
    page.get_by_role("link", name="Account settings").first.click()
    page.get_by_role("link", name="IP allowlist").first.click()
    expect(page.locator("#ip-allowlist")).to_have_attribute("data-state", "active")

    other = page.context.new_page()
    other.goto(ORDERS)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert other.evaluate(FETCH, "/data") == [401, False]
    assert other.evaluate(TALK) == "refused"
    other.get_by_role("link", name="Orders").click()
    is_asked_to_sign_in(other)


def test_whom_a_change_puts_out_learns_it_at_the_next_click_in_the_application(behind: Protected, page: Page) -> None:
    page.goto("/")
    signs_in(page, "sanne")
    is_at(page, "/")
    page.goto(ORDERS)
    behind.put_list("192.0.2.0/24")
    page.get_by_role("link", name="Orders").click()
    is_at(page, "/blocked")
    blocked = page.locator("[data-page=blocked]")
    expect(blocked).to_have_attribute("data-address", HERE)
    expect(blocked).to_contain_text(re.compile(r"blk_\w+"))
    assert page.evaluate(FETCH, "/data") == [401, False]
    behind.put_list(f"{HERE}/32")
    page.goto(ORDERS)
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_a_script_of_whom_a_change_puts_out_is_told_so(behind: Protected, page: Page) -> None:
    page.goto(ORDERS)
    signs_in(page, "sanne")
    is_at(page, ORDERS)
    behind.put_list("192.0.2.0/24")
    assert page.evaluate(FETCH, "/data") == [403, False]
    assert page.evaluate(FETCH, "/data") == [401, False]
    assert page.evaluate(TALK) == "refused"


def test_no_link_of_the_portal_leads_to_a_page_that_is_not_there(behind: Protected, page: Page) -> None:
    page.goto(ORDERS)
    signs_in(page, "dana")
    is_at(page, ORDERS)
    asked = len(behind.application.asked)
    seen, ahead, elsewhere = dict[str, int](), ["/account"], set[str]()
    while ahead:
        path = ahead.pop()
        found: dict[str, Any] = page.evaluate(LOOK, path)
        seen[path] = found["status"]
        links = {urldefrag(link).url for link in found["links"]} - {""}
        elsewhere |= {link for link in links if not OURS.match(link) and not link.startswith("?")}
        ahead += [link for link in links if OURS.match(link) and link not in {*seen, *ahead}]
    assert {path: status for path, status in seen.items() if status != 200} == {}
    assert len(seen) >= 8, seen
    assert elsewhere == set()
    assert len(behind.application.asked) == asked
