"""The API does what its description says: requests made from that, sound and wrong, to a running server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.storage.test_a_programs_change import sign_in
from tests.support import described
from tests.support.quick import put_list
from tests.support.server import Server
from tests.support.world import HOME, World
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock
from webapp.storage import operators

EXAMPLES = 20  # of each operation; `make proofs` sends a thousand


@pytest.fixture
def server(app: Flask, world: World, database_url: str) -> Iterator[Server]:
    """A server on the test's database; Halden's active list lets its owner in."""
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    sign_in(app, world, "dana", HOME)
    env = {"DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key), "SIGN_IN_LIMIT_CLIENT": "1000000"}
    with Server(env) as running:
        yield running


@pytest.mark.parametrize("way", described.WAYS)
def test_what_is_described_is_what_is_done(server: Server, app: Flask, world: World, way: str) -> None:
    with app.app_context():
        token = operators.create_token(world.halden, "CI", clock.now(), scopes=SCOPES, owner="dana@example.com")
    done = described.ask(server.url, token, way, EXAMPLES, seed=20_261_127)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 selected / 4 total" in done.stdout
