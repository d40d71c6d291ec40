"""Take pictures of every state of the pages, to be looked at: `scripts/states.py FOLDER [STATE ...]`.

In each of five widths, light and dark; without JavaScript, in forced colors, enlarged, and as the paper that the
browser would print. A real server, the tests' cast, and a database of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import Flask
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import list_states, states  # noqa: E402 - the tests' own browser and server, from the project's root
from tests.browser.conftest import People  # noqa: E402
from tests.conftest import empty, migrate  # noqa: E402
from tests.support import chromium  # noqa: E402
from tests.support.client import Portal  # noqa: E402
from tests.support.quick import new_app  # noqa: E402
from tests.support.server import Server  # noqa: E402
from tests.support.world import seed  # noqa: E402

STATES = states.STATES | list_states.STATES
WIDTHS = (320, 390, 768, 1280, 1920)
# What a window of 1280 x 1024 shows when it is enlarged: so many CSS pixels.
ZOOMS = {"200": (640, 512), "400": (320, 256)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True)
class Studio:
    """A browser, a server, and the app on the same database."""

    browser: Browser
    server: Server
    app: Flask
    folder: Path

    @contextmanager
    def people(self, *, javascript: bool) -> Iterator[tuple[People, Portal]]:
        """The cast on an empty database, at browsers that are closed at the end, whatever they have to report."""
        empty(self.app)
        with self.app.app_context():
            portal = Portal(self.app, seed())
        people = People(self.browser, self.server, self.app, javascript=javascript)
        try:
            yield people, portal
        finally:
            for visitor in people.visitors:
                visitor.context.close()

    def take(self, name: str) -> None:
        """Take the pictures of one state."""
        with self.people(javascript=True) as (people, portal):
            page = STATES[name](people, portal)
            self.sizes(page, name)
            self.zooms(page, name)
            self.forced_colors(page, name)
            self.paper(page, name)
        if name in list_states.SCRIPTED:
            return
        with self.people(javascript=False) as (people, portal):
            self.shoot(STATES[name](people, portal), f"no-javascript/{name}")

    def sizes(self, page: Page, name: str) -> None:
        """Each width, in both themes."""
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                self.shoot(page, f"{width}-{theme}/{name}")

    def zooms(self, page: Page, name: str) -> None:
        """What is seen at once of an enlarged page, around what has the focus."""
        page.emulate_media(color_scheme="light")
        for zoom, (width, height) in ZOOMS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("document.activeElement.scrollIntoView({block: 'center'})")
            self.shoot(page, f"zoom-{zoom}/{name}", full_page=False)

    def forced_colors(self, page: Page, name: str) -> None:
        """The colors of the system, which knows no shades."""
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(forced_colors="active")
        self.shoot(page, f"forced-colors/{name}")
        page.emulate_media(forced_colors="none")

    def paper(self, page: Page, name: str) -> None:
        """Print it, upright and across."""
        for landscape in (False, True):
            path = self.path(f"paper-{'landscape' if landscape else 'portrait'}/{name}.pdf")
            page.pdf(path=path, format="A4", landscape=landscape, prefer_css_page_size=True)

    def shoot(self, page: Page, name: str, *, full_page: bool = True) -> None:
        """Take one picture; of a whole page from its top, so that the header is where it begins."""
        if full_page:
            page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=self.path(f"{name}.png"), full_page=full_page, animations="disabled")

    def path(self, name: str) -> Path:
        """Return the path of a file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def main() -> None:
    """Start the portal on a new database, reach each state and take its pictures; name the ones that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("states", nargs="*", metavar="STATE", help=", ".join(STATES))
    asked = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/portal.sqlite3"
        migrate(url)
        app = new_app(url)
        env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
        server = Server(env, workers=2, app="tests.support.quick_wsgi:app")
        with server, chromium.launch() as browser:
            studio = Studio(browser, server, app, asked.folder)
            for name in asked.states or STATES:
                try:
                    studio.take(name)
                    print(name)
                except Exception as error:  # the other states are worth their pictures
                    failed.append(name)
                    print(f"{name}: {error}", file=sys.stderr)
    sys.exit(f"not reached: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
