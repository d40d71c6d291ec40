"""The API does what it says of itself: schemathesis against a running server."""

from __future__ import annotations

import re

from proofs.databases import database, portal
from proofs.report import Report
from tests.support import described
from tests.support.server import Server
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock
from webapp.storage import operators

CASES = re.compile(r"([0-9,]+) generated, .*")


def run(examples: int, seed: int, kind: str) -> Report:
    """Send about so many requests of each operation, in each way."""
    claim = "What the API's OpenAPI document allows is done and what it doesn't is refused, as it declares."
    report = Report(f"The API as it describes itself, on {kind}", claim, seed, examples, "examples of each operation")
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        with app.app_context():
            token = operators.create_token(world.halden, "CI", clock.now(), scopes=SCOPES, owner="dana@example.com")
        env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "SIGN_IN_LIMIT_CLIENT": "1000000"}
        with Server(env) as server:
            for way in described.WAYS:
                done = described.ask(server.url, token, way, examples, seed)
                found = CASES.search(done.stdout)
                report.figures[f"requests {way}"] = found[0].strip() if found else "none"
                if done.returncode != 0 or found is None:
                    report.violated(f"{way}: {done.stdout[-2_000:]}")
    report.not_measured = "links from one request to the next: the document has none"
    return report
