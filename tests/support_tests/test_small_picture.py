"""A picture with a palette shows what the page showed; `scripts/small_picture.py`."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from scripts.small_picture import smaller

pytestmark = pytest.mark.browser
FEW = "<body style='margin: 0; background: #fff'><h1 style='font: 40px serif; color: #b3261e'>Blocked</h1>"
MANY = "<body style='margin: 0; background: linear-gradient(90deg, #000, #36f, #fff, #f63)'>"


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    """A page without a policy."""
    page = browser.new_page(viewport={"width": 640, "height": 200})
    yield page
    page.close()


def seen(page: Page, html: str) -> bytes:
    """Return a picture of the page."""
    page.set_content(html)
    return page.screenshot()


def shown(page: Page, png: bytes) -> bytes:
    """Return a picture of the page with that picture on it."""
    source = base64.b64encode(png).decode()
    return seen(page, f"<body style='margin: 0'><img style='display: block' src='data:image/png;base64,{source}'>")


def test_few_colors_stay_what_they_are(blank: Page) -> None:
    page = seen(blank, FEW)
    small = smaller(page, blank)
    assert len(small) < len(page)
    assert shown(blank, small) == shown(blank, page)


def test_many_colors_become_those_of_the_palette(blank: Page) -> None:
    page = seen(blank, MANY)
    small = smaller(page, blank)
    palette = small.index(b"PLTE")
    assert int.from_bytes(small[palette - 4 : palette]) == 256 * 3
    assert shown(blank, small) != shown(blank, page)
    assert shown(blank, smaller(small, blank)) == shown(blank, small)
