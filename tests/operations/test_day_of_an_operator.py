"""The day of an operator in `docs/operations.md`, run as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.operations.test_cli import flask
from tests.support.server import ROOT

DAY = re.compile(r"^## A day of an operator$.*?^```sh$(.*?)^```$", re.MULTILINE | re.DOTALL)
SETTINGS = {
    "PUBLIC_URL": "https://portal.example.com",
    "TRUSTED_PROXIES": "192.0.2.10",
    "PORTAL_USER_PASSWORD": "a password for a new user",
}


def test_each_line_does_what_it_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/portal.sqlite3"
    assert flask(url, "db", "upgrade").returncode == 0
    found = DAY.search((ROOT / "docs" / "operations.md").read_text())
    assert found
    lines = found[1].strip().splitlines()
    assert len(lines) > 15
    for line in lines:
        words = [str(tmp_path / one) if one == "portal.backup" else one for one in shlex.split(line)]
        assert words[:3] == ["flask", "--app", "wsgi"]
        process = flask(url, *words[3:], **SETTINGS)
        assert process.returncode == 0, (line, process.stderr)
    restored = f"sqlite:///{tmp_path}/restored.sqlite3"
    assert flask(restored, "restore", str(tmp_path / "portal.backup"), "--yes").returncode == 0
    assert "Halden Rail" in flask(restored, "account", "list").stdout
