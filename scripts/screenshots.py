"""Take the README's pictures from the demo, so that they show what the portal is now."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support import chromium  # noqa: E402 - the tests' own browser and server, from the root of the project
from tests.support.server import Server  # noqa: E402
from webapp.demo import bar, sample_data  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
SECTION = "/account/settings/ip-allowlist"


class Camera:
    """People of the demo at their browsers."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url

    def at(self, person: str, place: str, width: int = 1280, scheme: str = "light") -> Page:
        """Return the page of the section as somebody sees it who has signed in from a place."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": 860},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.add_cookies([{"name": bar.COOKIE, "value": bar.PLACES[place], "url": self.url}])
        page = context.new_page()
        page.goto(f"/login?next={SECTION}")
        page.get_by_label("E-mail").fill(f"{person}@halden.example")
        page.get_by_label("Password").fill(sample_data.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        return page


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """Write a picture."""
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)
    print(f"docs/screenshots/{name}.png")


def walk(camera: Camera) -> None:
    """Go through what the README tells."""
    for person, place in (("mara", "Office"), ("ilya", "VPN"), ("sanne", "Elsewhere")):
        camera.at(person, place)
    dana = camera.at("dana", "Home")
    dana.get_by_role("button", name="Activate").click()
    shoot(dana, "activate", whole=False)
    dana.get_by_role("dialog").get_by_label("Comment").fill("Dana’s home fibre")
    dana.get_by_role("button", name="Add my address and activate").click()
    dana.locator("#ip-allowlist[data-state=active]").wait_for()
    dana.goto(SECTION)
    dana.get_by_label("IP address").fill("198.51.100.77")
    dana.get_by_role("button", name="Check", exact=True).click()
    dana.get_by_role("link", name="Edit 192.0.2.16/28").click()
    dana.locator("tr.edit [name=network]").fill("192.0.2.20/28")
    dana.get_by_role("button", name="Save").click()
    dana.locator("[data-error=host_bits]").wait_for()
    shoot(dana, "section")
    shoot(camera.at("mara", "Office", 390, "dark"), "phone", whole=False)
    shoot(camera.at("sanne", "Elsewhere"), "blocked", whole=False)


def main() -> None:
    """Start the demo on a new database, walk, and end it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "SECRET_KEY": "a key for pictures, long enough.",
            "DEMO": "1",
            "PORTAL_PAGES": "examples.pages.servers:pages",
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        for command in (["db", "upgrade"], ["demo", "seed"]):
            subprocess.run(
                [*flask, *command], cwd=ROOT, env={"PATH": "/usr/bin:/bin", **env}, check=True, capture_output=True
            )
        with Server(env, workers=2) as server, chromium.launch() as browser:
            walk(Camera(browser, server.url))


if __name__ == "__main__":
    main()
