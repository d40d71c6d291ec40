"""The day of an operator in `docs/operations.md`, run as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import dispose, migrate
from tests.operations.test_cli import KEY
from tests.support.server import ROOT
from webapp import create_app
from webapp.config import Config
from webapp.domain.client_address import TrustedProxies

DAY = re.compile(r"^## A day of an operator$.*?^```sh$(.*?)^```$", re.MULTILINE | re.DOTALL)
BEGINNING = ["flask", "--app", "wsgi"]


def lines() -> list[list[str]]:
    """Return the words of each line of the day."""
    found = DAY.search((ROOT / "docs" / "operations.md").read_text())
    assert found
    return [shlex.split(line) for line in found[1].strip().splitlines()]


def ran(url: str, *words: str) -> str:
    """Run a command on the portal of that database, where it succeeds; return what it printed."""
    settings = {"public_url": "https://portal.example.com", "trusted_proxies": TrustedProxies.parse("192.0.2.10")}
    app = create_app(Config(secret_key=KEY, database_url=url, **settings))  # type: ignore[arg-type]
    result = app.test_cli_runner().invoke(args=list(words), env={"PORTAL_USER_PASSWORD": "a password for a new user"})
    dispose(app)
    assert result.exit_code == 0, (words, result.output)
    return result.stdout


def test_each_line_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url, restored = (f"sqlite:///{tmp_path}/{name}.sqlite3" for name in ("portal", "restored"))
    migrate(url)
    day = lines()
    assert len(day) > 15
    for words in day:
        assert words[:3] == BEGINNING
        ran(url, *words[3:])
    ran(restored, "restore", "portal.backup", "--yes")
    assert "Halden Rail" in ran(restored, "account", "list")
