"""Where an answer leads stands in a header, which holds ASCII only; what is asked for may hold anything."""

from urllib.parse import unquote

import pytest

from tests.support.client import BASE, Portal
from tests.support.world import PASSWORD, email_of

PATHS = ["/\u4e2d", "/\u00e9", f"{BASE}?q=\u4e2d", "/%E4%B8%AD", "/caf\u00e9?x=\U0001f600"]


@pytest.mark.parametrize("path", PATHS)
def test_sign_in_leads_to_a_path_of_any_characters(portal: Portal, path: str, htmx: bool) -> None:
    browser = portal.browser()
    fields = {"email": email_of("dana"), "password": PASSWORD, "next": path}
    answer = browser.post("/login", fields, htmx=htmx)
    assert answer.status == (200 if htmx else 303)
    led_to = str(answer.headers.get("HX-Redirect") if htmx else answer.location)
    assert led_to.isascii()
    assert unquote(led_to) == unquote(path)
    assert browser.get("/").status == 200


@pytest.mark.parametrize("path", PATHS)
def test_no_redirect_of_htmx_holds_more_than_ascii(portal: Portal, path: str) -> None:
    for browser in (portal.browser(), portal.signed_in()):
        for answer in (browser.get(path, htmx=True), browser.get(f"/login?next={path}", htmx=True)):
            assert str(answer.headers.get("HX-Redirect", "")).isascii()
