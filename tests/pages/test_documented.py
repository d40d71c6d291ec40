"""docs/adopters.md works as it is written: its files, put where it says, are a page behind the list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import dispose
from tests.support.client import Portal
from tests.support.quick import new_app
from tests.support.server import ROOT
from webapp import pages
from webapp.pages.navigation import icon_names

DOCUMENT = (ROOT / "docs" / "adopters.md").read_text(encoding="utf-8")
FILES = re.compile(r"^```\w+\n(?:# |{# )(acme/\S+)(?: #})?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_files_of_the_document_are_a_page(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = dict(FILES.findall(DOCUMENT))
    assert set(files) == {"acme/servers.py", "acme/templates/servers/all.html"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.replace("SERVERS = {1:", f"SERVERS = {{{portal.world.halden}:"))
    monkeypatch.syspath_prepend(tmp_path)
    app = new_app(str(portal.app.extensions["engine"].url), ("acme.servers:pages",))
    page = Portal(app, portal.world).signed_in().get("/servers")
    assert [item.get_text() for item in page.all("main li")] == ["web-1", "db-1"]
    assert page.one("nav.side [aria-current]").get_text(strip=True) == "Servers"
    dispose(app)


def test_the_document_names_all_that_pages_use(portal: Portal) -> None:
    named = set(re.findall(r"`(\w+)", DOCUMENT))
    assert set(pages.__all__) - {"CurrentUser"} <= named
    assert set(pages.CurrentUser.__dataclass_fields__) <= named
    assert icon_names(portal.app) <= named
