"""The API does what its description says: requests made from that, sound and wrong, to a running server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.storage.test_a_programs_change import sign_in
from tests.support.quick import put_list
from tests.support.server import ROOT, Server
from tests.support.world import HOME, World
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock
from webapp.storage import operators

EXAMPLES = 20  # of each operation; 1,000 take some two minutes
COMMAND = (sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()")
CONFIG = ROOT / "tests" / "support" / "schemathesis.toml"


@pytest.fixture
def server(app: Flask, world: World, database_url: str) -> Iterator[Server]:
    """A server on the test's database; Halden's active list lets its owner in."""
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    sign_in(app, world, "dana", HOME)
    env = {"DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key), "SIGN_IN_LIMIT_CLIENT": "1000000"}
    with Server(env) as running:
        yield running


@pytest.mark.parametrize("hooks", ["", "tests.support.present_etag"], ids=["as generated", "of the present list"])
def test_what_is_described_is_what_is_done(
    server: Server, app: Flask, world: World, tmp_path: Path, hooks: str
) -> None:
    with app.app_context():
        token = operators.create_token(world.halden, "CI", clock.now(), scopes=SCOPES, owner="dana@example.com")
    env = os.environ | {"PORTAL_TOKEN": token, "PORTAL_LIST": f"{server.url}/api/v1/ip-allowlist"}
    env |= {"PYTHONPATH": str(ROOT)} | ({"SCHEMATHESIS_HOOKS": hooks} if hooks else {})
    command = [*COMMAND, "--config-file", str(CONFIG), "run", f"{server.url}/api/v1/openapi.json", "--checks", "all"]
    command += ["--max-examples", str(EXAMPLES), "--seed", "20261127", "--generation-database", "none"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 selected / 3 total" in done.stdout
