"""axe finds what is wrong in a page."""

import pytest
from playwright.sync_api import Browser

from tests.support.axe import violations

GOOD = "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1></main>"
pytestmark = pytest.mark.browser


def test_a_page_without_language_and_an_image_without_text_are_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(GOOD)
    assert violations(page) == []
    page.set_content(GOOD.replace(" lang=en", "").replace("</main>", "<img src=data:></main>"))
    assert {found.partition(":")[0] for found in violations(page)} == {"html-has-lang", "image-alt"}
    page.close()
