"""Static files: bundles of one component a file, each whole, with a version of its own; `webapp/web/assets.py`."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.support.client import Portal
from webapp.web import assets
from webapp.web.shipped import STATIC

FILES = sorted(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file())


def test_every_file_is_in_one_bundle() -> None:
    assert sorted(file for files in assets.BUNDLES.values() for file in files) == FILES


@pytest.mark.parametrize("name", assets.BUNDLES)
def test_a_bundle_is_its_files_in_their_order(portal: Portal, name: str) -> None:
    answer = portal.browser().client.get(f"/static/{name}")
    wanted = b"".join((STATIC / file).read_bytes() for file in assets.BUNDLES[name])
    version = hashlib.sha256(wanted).hexdigest()[:12]
    assert answer.data == wanted
    assert answer.get_etag() == (version, False)
    with portal.app.test_request_context():
        assert assets.asset(name) == f"/static/{name}?v={version}"


@pytest.mark.parametrize("file", [file for file in FILES if file not in assets.BUNDLES])
def test_a_file_begins_with_what_it_is_about(file: str) -> None:
    text = (STATIC / file).read_text()
    assert re.match(r"/\* .+ \*/\n|// ", text)
    assert text.endswith("\n")  # the next file of the bundle begins a line
