"""docs/owners.md names buttons, fields and headings as the pages have them: every word that it sets in italics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.conftest import dispose
from tests.support.client import Answer, Portal
from tests.support.every_answer import every_answer
from tests.support.server import ROOT
from webapp import create_app
from webapp.config import Config, app_object
from webapp.domain.branding import parse_support

DOCUMENT = (ROOT / "docs" / "owners.md").read_text(encoding="utf-8")
ITALICS = re.compile(r"\*([^*]+)\*")
WHAT_IS_NAMED = "a, button, h1, h2, h3, summary, label, label span, legend, option, th, dt, .badge, .tag, .keep > span"


def named() -> list[str]:
    """Return what the document sets in italics, each once."""
    plain = re.sub(r"`[^`]*`", "", DOCUMENT.replace("**", ""))
    return sorted({" ".join(text.split()) for text in ITALICS.findall(plain)})


def on_pages(portal: Portal) -> Iterator[str]:
    """Yield the texts of all that can be pressed, chosen or filled in, of headings and of marks, on every page."""
    for _, answer in every_answer(portal):
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            yield from texts(answer)


def texts(answer: Answer) -> list[str]:
    """Return those of one answer."""
    return [" ".join(element.get_text().split()) for element in answer.all(WHAT_IS_NAMED)]


@pytest.fixture(scope="module")
def quoted() -> list[str]:
    """What the document quotes; so many that the search for italics is seen to work."""
    found = named()
    assert len(found) > 50
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_it_quotes_stands_on_a_page_word_for_word(portal: Portal, quoted: list[str]) -> None:
    support = parse_support("https://example.com/support")
    app = create_app(replace(app_object(Config, portal.app), support=support))
    there = set(on_pages(Portal(app, portal.world)))
    dispose(app)
    patterns = {text: re.compile(re.escape(text).replace("…", ".+")) for text in quoted}
    assert [text for text, pattern in patterns.items() if not any(map(pattern.fullmatch, there))] == []
