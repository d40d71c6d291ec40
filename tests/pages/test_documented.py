"""docs/adopters.md works as it is written: its files, put where it says, are a page behind the list."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which Python finds modules; they are forgotten at the end."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme"]:
        del sys.modules[name]


def test_the_files_of_the_document_are_a_page(portal: Portal, folder: Path) -> None:
    files = dict(FILES.findall(DOCUMENT))
    assert set(files) == {"acme/servers.py", "acme/templates/servers/all.html"}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("SERVERS = {1:", f"SERVERS = {{{portal.world.halden}:"))
    app = new_app(str(portal.app.extensions["engine"].url), ("acme.servers:pages",))
    page = Portal(app, portal.world).signed_in().get("/servers")
    assert [item.get_text() for item in page.all("main li")] == ["web-1", "db-1"]
    assert page.one("nav.side [aria-current]").get_text(strip=True) == "Servers"
    dispose(app)


def test_a_second_page_of_the_package_has_its_templates_in_the_same_folder(portal: Portal, folder: Path) -> None:
    files = dict(FILES.findall(DOCUMENT))
    for name, text in files.items():
        for kind in ("servers", "billing"):
            path = folder / name.replace("servers", kind)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("servers", kind).replace("Servers", kind.title()))
    app = new_app(str(portal.app.extensions["engine"].url), ("acme.servers:pages", "acme.billing:pages"))
    dana = Portal(app, portal.world).signed_in()
    assert [dana.get(f"/{kind}").one("h1").get_text() for kind in ("servers", "billing")] == ["Servers", "Billing"]
    dispose(app)


def test_the_document_names_all_that_pages_use(portal: Portal) -> None:
    named = set(re.findall(r"`(\w+)", DOCUMENT))
    assert set(pages.__all__) - {"CurrentUser"} <= named
    assert set(pages.CurrentUser.__dataclass_fields__) <= named
    assert icon_names(portal.app) <= named
