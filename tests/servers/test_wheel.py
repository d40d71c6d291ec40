"""The wheel, built, and installed into an empty environment in a folder with nothing else, is the whole portal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.support.nginx import ROOT
from tests.support.server import SETTINGS, Server
from tests.support.source import copy, copy_with_settings_beside, in_git
from webapp.operations import cli

EMAIL, PASSWORD = "dana@example.com", "a long enough password"
KEY = {"SECRET_KEY": "a key for the wheel, and long enough"}
PAGES = """
from flask import Blueprint

from webapp.pages import current_user

pages = Blueprint("acme", __name__)
pages.navigation = [("Acme", ".show", "server")]


@pages.get("/acme")
def show() -> str:
    return f"Hello {current_user().name}"
"""
DATA = re.compile(r"^[^/]+\.data/data/share/portal/")


class Installed:
    """A folder with a virtual environment in which there is the wheel, and nothing else of ours."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.folder = folder
        self.python = folder / ".venv" / "bin" / "python"
        shutil.copy(wheel, folder)
        done = self.try_to("bash", "-euc", documented().replace("python3 ", f"{sys.executable} "))
        assert done.returncode == 0, done.stderr

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the environment's Python in the folder, which must go well."""
        done = self.try_to(str(self.python), *arguments, **env)
        assert done.returncode == 0, done.stderr
        return done

    def admin(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of operators."""
        return self.try_to(str(self.folder / ".venv" / "bin" / "portal-admin"), *arguments, **env)

    def try_to(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", *SETTINGS))}
        return subprocess.run(
            command, cwd=self.folder, env=kept | env, capture_output=True, text=True, check=False, timeout=300
        )


def documented() -> str:
    """Return the commands by which an operator installs the wheel."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL)
    (block,) = (block for block in blocks if "ip_allowlist_portal-*.whl" in block)
    _, user, commands = block.partition("cd /srv/portal\n")
    assert user
    return textwrap.dedent(commands)


def build(folder: Path, source: Path = ROOT) -> Path:
    """Build the wheel into the folder as `make wheel` does."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    env = os.environ | {"SOURCE_DATE_EPOCH": "1790000000"}
    subprocess.run(command, cwd=source, env=env, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install it, with the versions that are locked."""
    return Installed(wheel, tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def filled(installed: Installed) -> Installed:
    """Make a database, an account and its owner with the operators' commands, and a page of one's own."""
    (installed.folder / "acme.py").write_text(PAGES)
    for command in (
        ("db", "upgrade"),
        ("account", "create", "Halden Freight"),
        ("user", "create", EMAIL, "--name", "Dana Kessler", "--account", "1", "--role", "owner"),
    ):
        done = installed.admin(*command, PORTAL_USER_PASSWORD=PASSWORD, **KEY)
        assert done.returncode == 0, done.stderr
    return installed


@pytest.fixture(scope="module")
def server(filled: Installed) -> Iterator[Server]:
    """Serve it as the shipped settings have it."""
    env = KEY | {"PORTAL_PAGES": "acme:pages"}
    with Server(env, app="webapp.wsgi:app", cwd=filled.folder, shipped=True, python=filled.python) as server:
        yield server


def test_all_that_is_served_and_read_is_in_it_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    shared = {DATA.sub("", name) for name in names if DATA.match(name)}
    of_the_image = in_git("deploy/Containerfile", "deploy/compose.yaml", "deploy/compose")
    assert shared == in_git("deploy", "examples") - of_the_image | {"requirements.txt"}
    of_package = {name for name in names if not DATA.match(name)}
    assert of_package == in_git("webapp") | {f"webapp/{name}" for name in in_git("templates", "static")}
    assert len(of_package) > 300


def test_the_same_commit_gives_the_same_bytes_on_another_day_and_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    elsewhere = copy(tmp_path / "elsewhere")
    for file in elsewhere.rglob("*"):
        os.utime(file, (1, 2_000_000_000))
    assert build(tmp_path / "dist", elsewhere).read_bytes() == wheel.read_bytes()


def test_settings_that_lie_beside_what_is_shipped_stay_out_of_it(wheel: Path, tmp_path: Path) -> None:
    elsewhere = copy_with_settings_beside(tmp_path / "elsewhere")
    assert build(tmp_path / "dist", elsewhere).read_bytes() == wheel.read_bytes()


def test_it_asks_for_what_the_lock_has() -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lock = (ROOT / "requirements.txt").read_text()
    for wanted in ours:
        name, lowest = re.split(r"(?:\[\w+\])?>=", wanted.partition(",")[0])
        found = re.search(rf"^{name}==([\d.]+)", lock, re.MULTILINE)
        assert found is not None, name
        assert [int(part) for part in found[1].split(".")] >= [int(part) for part in lowest.split(".")]


def test_what_runs_is_the_installed_code(installed: Installed) -> None:
    code = "import webapp, webapp.pages, importlib.util as u; print(webapp.__file__, u.find_spec('tests'))"
    said = installed.run("-c", code).stdout
    assert said.startswith(str(installed.folder / ".venv" / "lib"))
    assert said.endswith(" None\n")


def test_help_needs_no_settings(installed: Installed) -> None:
    done = installed.admin("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(re.search(rf"^  {name} ", done.stdout, re.MULTILINE) for name in cli.commands())
    for words in (("db", "upgrade"), ("user", "create"), ("backup",), ("config", "check")):
        done = installed.admin(*words, "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Usage: portal-admin {' '.join(words)}")


def test_a_command_without_settings_says_what_is_missing(installed: Installed) -> None:
    done = installed.admin("account", "list")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The portal does not start. SECRET_KEY is not set")
    assert done.stderr.count("\n") == 1


def test_the_database_lies_in_the_working_folder(filled: Installed) -> None:
    assert (filled.folder / "instance" / "portal.sqlite3").is_file()
    assert not list((filled.folder / ".venv").rglob("*.sqlite3"))
    by_module = filled.run("-m", "webapp", "account", "list", "--json", **KEY)
    assert by_module.stdout == filled.admin("account", "list", "--json", **KEY).stdout
    assert "Halden Freight" in by_module.stdout


@pytest.mark.browser
def test_an_owner_signs_in_and_sees_the_list_as_it_is_to_look(server: Server, browser: Browser) -> None:
    failed: list[str] = []
    with browser.new_context(base_url=server.url) as context:
        page = context.new_page()
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)
        page.goto("/login?next=/account/settings/ip-allowlist")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Password").press("Enter")
        expect(page.get_by_role("heading", name="IP allowlist")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
        assert page.evaluate("typeof htmx") == "object"
        page.get_by_role("link", name="Acme").click()
        expect(page.locator("body")).to_have_text("Hello Dana Kessler")
    assert failed == []


def test_the_metrics_program_and_the_icon_come_with_it(filled: Installed, server: Server) -> None:
    with urlopen(f"{server.url}/static/icon.svg") as answer:
        assert answer.read() == (ROOT / "static" / "icon.svg").read_bytes()
    assert "prometheus_client" in (filled.folder / "deploy" / "metrics.py").read_text()


def test_the_example_of_pages_can_be_tried(filled: Installed) -> None:
    share = str(filled.folder / ".venv" / "share" / "portal")
    env = KEY | {"PORTAL_PAGES": "examples.pages.servers:pages", "PYTHONPATH": share}
    with Server(env, app="webapp.wsgi:app", cwd=filled.folder, shipped=True, python=filled.python) as server:
        assert server.url
