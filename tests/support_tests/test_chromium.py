import pytest
from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser


def test_it_opens_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("data:text/html,<title>Networks</title>")
    assert page.title() == "Networks"
    page.close()


def test_it_appears_from_another_address(browser: Browser) -> None:
    with browser.new_context(extra_http_headers={"X-Forwarded-For": "203.0.113.9"}) as context:
        page = context.new_page()
        seen: list[str] = []

        def answer(route: Route) -> None:
            seen.append(route.request.headers["x-forwarded-for"])
            route.fulfill(body="")

        page.route("**/*", answer)
        page.goto("http://portal.test/")
    assert seen == ["203.0.113.9"]
