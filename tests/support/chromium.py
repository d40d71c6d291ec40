"""A real Chromium, the system's own: Playwright's download is neither needed nor used."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, sync_playwright

from .processes import StartError

WITH_CACHE = ("chromium", "chromium-browser", "google-chrome")  # the headless shell has no back/forward cache
NAMES = ("chromium-headless-shell", *WITH_CACHE)

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_executable(names: tuple[str, ...] = NAMES) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def missing() -> str | None:
    """What has to be installed first, if anything."""
    if find_executable() is None:
        return "there is no Chromium here (package chromium-headless-shell or chromium)"
    driver = subprocess.run([compute_driver_executable()[0], "--version"], capture_output=True, text=True, check=False)
    return f"Playwright's driver does not run (package libatomic1?): {driver.stderr}" if driver.returncode else None


@contextmanager
def launch() -> Iterator[Browser]:
    if reason := missing():
        raise StartError(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def launch_with_cache(like: Browser) -> Browser:
    """Another browser with the back/forward cache that people have and Playwright switches off."""
    return like.browser_type.launch(
        executable_path=find_executable(WITH_CACHE),
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
