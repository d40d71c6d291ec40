"""Take the documents' pictures from the demo, so that they show what the portal is now."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.small_picture import smaller  # noqa: E402 - from the root of the project
from tests.support import chromium  # noqa: E402 - the tests' own browser and server
from tests.support.server import Server  # noqa: E402
from webapp.demo import bar, sample_data  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
SECTION = "/account/settings/ip-allowlist"
HISTORY = "/account/settings/history"
NEW_ACCOUNT = 3  # after the demo's two: nothing has happened in it yet
EVA = ["user", "create", "eva@halden.example", "--name", "Eva Lund", "--account", str(NEW_ACCOUNT), "--role", "owner"]
FROM_A_SPREADSHEET = """\
Network\tComment
198.51.100.0/25\tRotterdam office
2001:db8:40::/48\tCorporate VPN (IPv6)
192.0.2.16/28\tCompany VPN
203.0.113.42\tDana’s home fibre
192.0.2.140/25\tAntwerp office
2001:db8:51:7::/64\tMara’s home
"""


class Camera:
    """People of the demo at their browsers."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.blank = browser.new_page()

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

    def shoot(self, page: Page, name: str, *, whole: bool = True, only: str = "") -> None:
        """Write a picture: of the whole page, of what a window shows, or of `only` one part."""
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(300)
        png = page.locator(only).screenshot() if only else page.screenshot(full_page=whole)
        path = FOLDER / f"{name}.png"
        path.write_bytes(smaller(png, self.blank))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def begin(camera: Camera) -> None:
    """A new owner opens an empty list, and makes a mistake."""
    eva = camera.at("eva", "Office")
    camera.shoot(eva, "empty", whole=False)
    eva.get_by_role("textbox", name="Network").fill("198.51.100.9/24")
    eva.get_by_role("textbox", name="Comment").fill("Office")
    eva.get_by_role("button", name="Add network").click()
    eva.locator("[data-error=host_bits]").wait_for()
    camera.shoot(eva, "mistake", only="#ip-allowlist")


def activate(camera: Camera) -> None:
    """Dana puts the list into effect, corrects another mistake, and others see what comes of it."""
    for person, place in (("mara", "Office"), ("ilya", "VPN"), ("sanne", "Elsewhere")):
        camera.at(person, place)
    dana = camera.at("dana", "Home")
    dana.get_by_role("button", name="Activate").click()
    camera.shoot(dana, "activate", whole=False)
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
    dana.set_viewport_size({"width": 1280, "height": 1250})
    camera.shoot(dana, "section", whole=False)
    camera.shoot(camera.at("mara", "Office", 390, "dark"), "phone", whole=False)


def help_somebody(camera: Camera) -> None:
    """Sanne is blocked, and Dana looks for the reference that Sanne has sent."""
    sanne = camera.at("sanne", "Elsewhere")
    camera.shoot(sanne, "blocked")
    reference = sanne.locator("[data-reference]").get_attribute("data-reference")
    dana = camera.at("dana", "Home", scheme="dark")
    dana.get_by_label("IP address").fill(reference or "")
    dana.get_by_role("button", name="Check", exact=True).click()
    dana.locator("#allowlist-checked").wait_for()
    camera.shoot(dana, "checked", only="#allowlist-check")


def plan_and_look_back(camera: Camera) -> None:
    """Dana looks at what a spreadsheet would change, at what was done before, and prints the list."""
    dana = camera.at("dana", "Home")
    dana.get_by_role("link", name="Add several").click()
    dana.locator("#import-text").fill(FROM_A_SPREADSHEET)
    dana.get_by_label("Replace the list").check()
    dana.get_by_role("button", name="Show what would change").click()
    dana.locator("#import[data-plan]").wait_for()
    camera.shoot(dana, "import", only="#import")
    dana.goto(HISTORY)
    camera.shoot(dana, "history", whole=False)
    dana.locator("[data-kind=delete] p.small a").click()
    dana.locator("#past-list").wait_for()
    camera.shoot(dana, "event", only=".past-event")
    dana.goto(f"{SECTION}/print")
    camera.shoot(dana, "sheet", only="main")


def main() -> None:
    """Start the demo on a new database, walk, and end it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "SECRET_KEY": "a key for pictures, long enough.",
            "DEMO": "1",
            "PORTAL_PAGES": "examples.pages.servers:pages",
            "PORTAL_NAME": "Northrack",
            "SUPPORT_CONTACT": "support@northrack.example",
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        own = {"PATH": "/usr/bin:/bin", "PORTAL_USER_PASSWORD": sample_data.PASSWORD}
        for command in (["db", "upgrade"], ["demo", "seed"], ["account", "create", "Halden Rail"], EVA):
            subprocess.run([*flask, *command], cwd=ROOT, env=own | env, check=True, capture_output=True)
        with Server(env, workers=2) as server, chromium.launch() as browser:
            camera = Camera(browser, server.url)
            for walk in (begin, activate, help_somebody, plan_and_look_back):
                walk(camera)


if __name__ == "__main__":
    main()
