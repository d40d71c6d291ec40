"""A person with a browser of their own, at an address; every page is watched for what must never happen."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from tests.support.client import BASE, COOKIE
from tests.support.world import PASSWORD, email_of

PATIENCE_MS = 20_000  # On a busy machine; whatever is waited for ends the wait.
expect.set_options(timeout=PATIENCE_MS)
# Chromium's own line about a 4xx answer, refusals included: no error of the page.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d ")
# What htmx only whispers, and the violations of the Content Security Policy, said aloud.
WATCH = """
for (const name of ["htmx:oobErrorNoTarget", "htmx:targetError", "htmx:swapError", "securitypolicyviolation"]) {
  document.addEventListener(name, event => console.error(name, event.violatedDirective ?? event.target?.id));
}
"""


class Visitor:
    """A browser context with one open page. `moves_to` changes the address that the person comes from."""

    def __init__(self, browser: Browser, url: str, address: str, *, javascript: bool, **options: Any) -> None:
        self.url = url
        self.javascript = javascript
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=url, extra_http_headers={"X-Forwarded-For": address}, java_script_enabled=javascript, **options
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH)
        self.context.on("weberror", lambda error: self.faults.append(f"page error: {error.error}"))
        self.context.on("console", self._heard)
        self.page: Page = self.context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED.match(message.text):
            self.faults.append(f"console: {message.text}")

    def close(self) -> None:
        """Close the browser; nothing went wrong in it."""
        self.context.close()
        assert not self.faults, "\n".join(self.faults)

    def moves_to(self, address: str) -> None:
        """Come from another address from now on."""
        self.context.set_extra_http_headers({"X-Forwarded-For": address})

    def goes_to(self, path: str) -> Response:
        """Open a path of the portal."""
        response = self.page.goto(path)
        assert response is not None
        return response

    def signs_in(self, person: str, password: str = PASSWORD) -> None:
        """Type the person's e-mail and password, and press Enter."""
        self.goes_to(f"/login?next={BASE}")
        self.page.get_by_label("E-mail").fill(email_of(person))
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_label("Password").press("Enter")
        self.page.wait_for_url(lambda url: "/login?" not in url)

    def has_cookie(self, value: str) -> None:
        """Keep the session cookie that a sign-in has given."""
        cookie: Any = {"name": COOKIE, "value": value, "url": self.url, "httpOnly": True, "sameSite": "Lax"}
        self.context.add_cookies([cookie])

    def signs_out(self) -> None:
        """Press Sign out."""
        self.page.get_by_role("button", name="Sign out").click()
        self.is_asked_to_sign_in()

    def overlooks(self, *expected: str) -> None:
        """Forget errors that the test itself has caused, each of which names one of the `expected`."""
        self.faults = [fault for fault in self.faults if not any(text in fault for text in expected)]

    def looks_back(self) -> Response:
        """Return to the tab after a while: an open page asks at once whether it may still be open."""
        with self.page.expect_response("**/session?version=*") as asked:
            self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        return asked.value

    def hears_nothing_new(self) -> None:
        """Return to the tab: the page is as it was."""
        assert self.looks_back().status == 204

    def is_asked_to_sign_in(self) -> None:
        """See the sign-in page."""
        expect(self.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()

    def is_blocked(self, address: str) -> str:
        """See why: address, time and reference. Return the reference."""
        page = self.page.locator("[data-page=blocked]")
        expect(page.get_by_role("heading", level=1)).to_have_text("This account can’t be opened from your network")
        expect(page).to_have_attribute("data-address", address)
        facts = page.get_by_role("definition").all_inner_texts()
        assert facts[0] == address
        assert re.fullmatch(
            rf"\d{{1,2}} [A-Z][a-z]{{2}} \d{{4}}, \d\d:\d\d{'' if self.javascript else ' UTC'}", facts[1]
        ), facts
        assert facts[2] == page.get_attribute("data-reference")
        expect(page).to_contain_text(re.compile(r"You are signed out\.|Your password was correct"))
        return facts[2]

    def copy_of_the_cookies(self) -> list[Any]:
        """Return the cookies as a thief would keep them."""
        return list(self.context.cookies())
