"""What operators see: a line for each request and decision, readiness, numbers (docs/operations.md, ASVS 16)."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from tests.support.client import BASE, Portal
from tests.support.quick import writing_engine
from tests.support.world import ELSEWHERE, HOME, PASSWORD
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock, logs
from webapp.storage import operators

ROOT = Path(__file__).parents[2]
COVER = "203.0.113.0/24"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """What is logged from now on, as the JSON formatter would write it."""
    caplog.set_level(logging.INFO, "portal")
    written: list[dict[str, Any]] = []
    logger = logging.getLogger("portal")

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(dict(record.__dict__))

    keeper = Keeper()
    logger.addHandler(keeper)
    yield written
    logger.removeHandler(keeper)


def events(lines: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """Return the lines of one kind."""
    return [line for line in lines if line["event"] == event]


def counted(event: str, outcome: str) -> float:
    """Return how often a decision was counted in this process."""
    return REGISTRY.get_sample_value("portal_decisions_total", {"event": event, "outcome": outcome}) or 0


def test_every_request_is_a_line_with_who_and_from_where(portal: Portal, lines: list[dict[str, Any]]) -> None:
    dana = portal.signed_in_by_page()
    lines.clear()
    dana.get(f"{BASE}?q=secret")
    (line,) = events(lines, "request")
    wanted = {"method": "GET", "path": BASE, "status": 200, "client": HOME, "client_problem": None}
    assert wanted.items() <= line.items()
    assert (line["account"], line["user"]) == (portal.world.halden, portal.world.users["dana"])
    assert line["ms"] > 0
    assert len(line["request_id"]) == 16


def test_signing_in_is_a_decision_whatever_comes_of_it(portal: Portal, lines: list[dict[str, Any]]) -> None:
    before = {outcome: counted("sign_in", outcome) for outcome in ("in", "wrong", "throttled")}
    portal.browser().sign_in("dana")
    for _ in range(11):
        portal.browser().sign_in("dana", password="wrong")
    outcomes = [line["outcome"] for line in events(lines, "sign_in")]
    assert outcomes == ["in", *["wrong"] * 10, "throttled"]
    assert {outcome: counted("sign_in", outcome) - count for outcome, count in before.items()} == {
        "in": 1,
        "wrong": 10,
        "throttled": 1,
    }


def test_being_blocked_is_a_decision_with_its_reference(portal: Portal, lines: list[dict[str, Any]]) -> None:
    sanne = portal.signed_in_by_page("sanne", ELSEWHERE)
    portal.set_list(COVER, active=True)
    reference = sanne.get("/").one("[data-reference]")["data-reference"]
    (line,) = events(lines, "blocked")
    wanted = {"outcome": "signed_out", "client": ELSEWHERE, "user": portal.world.users["sanne"], "reference": reference}
    assert wanted.items() <= line.items()
    portal.browser(ELSEWHERE).sign_in("sanne")
    assert events(lines, "blocked")[1]["outcome"] == "at_sign_in"


def test_changes_and_refusals_are_decisions(portal: Portal, lines: list[dict[str, Any]]) -> None:
    dana = portal.signed_in_by_page()
    dana.post(f"{BASE}/networks", {"network": COVER})
    dana.post(f"{BASE}/networks", {"network": COVER})
    dana.post(f"{BASE}/networks", {"network": COVER}, csrf="old")
    portal.signed_in_by_page("sanne").post(f"{BASE}/networks", {"network": COVER})
    assert [line["outcome"] for line in events(lines, "change")] == ["add"]
    assert [line["outcome"] for line in events(lines, "refused")] == ["duplicate", "csrf", "owners_only"]


def test_a_command_says_itself_what_it_changes(portal: Portal, lines: list[dict[str, Any]]) -> None:
    portal.set_list(COVER, active=True)
    result = portal.app.test_cli_runner().invoke(args=["allowlist", "deactivate", str(portal.world.halden)])
    assert "is deactivated" in result.output
    assert events(lines, "change") == []


def test_a_failing_control_is_an_error(portal: Portal, lines: list[dict[str, Any]]) -> None:
    dana = portal.signed_in_by_page()
    portal.set_list(COVER, active=True)
    with writing_engine(portal.app).begin() as connection:
        connection.execute(sa.text("UPDATE network SET network = 'garbage/24'"))
    answer = dana.get("/")
    assert answer.status == 503
    (line,) = events(lines, "unavailable")
    assert (line["outcome"], line["levelno"]) == ("ListUnreadable", logging.ERROR)
    assert answer.headers["X-Request-ID"] == line["request_id"]


def test_a_header_that_is_not_trusted_is_a_code_and_never_its_text(portal: Portal, lines: list[dict[str, Any]]) -> None:
    portal.browser("evil\\n{{7*7}}").get("/login")
    (line,) = events(lines, "request")
    assert (line["client"], line["client_problem"]) == (None, "not_an_address")
    assert "evil" not in repr(line)


def test_no_line_holds_a_secret(portal: Portal, lines: list[dict[str, Any]]) -> None:
    dana = portal.signed_in_by_page()
    cookie = dana.cookie
    token = dana.csrf_token()
    dana.post(f"{BASE}/networks", {"network": COVER, "comment": "a private remark"})
    dana.get("/api/v1/account", headers={"Authorization": f"Bearer {portal.world.api_token}"})
    text = repr(lines)
    for secret in (cookie, token, PASSWORD, portal.world.api_token, "dana@example.com", "a private remark"):
        assert secret not in text


def test_the_lines_of_a_program_name_its_token_and_its_owner(portal: Portal, lines: list[dict[str, Any]]) -> None:
    with portal.app.app_context():
        account = portal.world.halden
        token = operators.create_token(account, "a name", clock.now(), scopes=SCOPES, owner="dana@example.com")
    bearer = {"Authorization": f"Bearer {token}"}
    etag = portal.browser().get("/api/v1/ip-allowlist", headers=bearer).headers["ETag"]
    sent = bearer | {"If-Match": etag}
    portal.app.test_client().put("/api/v1/ip-allowlist", headers=sent, json={"networks": [{"network": COVER}]})
    portal.app.test_client().put("/api/v1/ip-allowlist", headers=sent, json={"networks": []})
    told = [(line["event"], line.get("outcome"), line["account"], line["user"]) for line in lines]
    who = (account, portal.world.users["dana"])
    assert told == [
        ("request", None, *who),
        ("change", "import", *who),
        ("request", None, *who),
        ("refused", "stale", *who),
        ("request", None, *who),
    ]
    assert len({line["api_token"] for line in lines}) == 1
    assert token not in repr(lines)


def test_a_path_is_capped_and_stays_one_line(portal: Portal, lines: list[dict[str, Any]]) -> None:
    portal.browser().get("/" + "x" * 5_000 + "%0d%0a%00")
    (line,) = events(lines, "request")
    assert len(line["path"]) == 200


def test_production_writes_json_lines() -> None:
    script = "from webapp import logs; logs.configure(); import logging; "
    script += "logging.getLogger('portal').info('x', extra={'event': 'request', 'path': '/a\\nb'})"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = run.stderr.splitlines()
    found = json.loads(line)
    assert (found["level"], found["event"], found["path"]) == ("INFO", "request", "/a\nb")
    assert found["time"].endswith(("+00:00", "Z"))
    assert logs.log.name == "portal"


OTHER_REVISIONS = {
    "0001": "migrations are missing",
    "9999": "the database has a migration that this code does not know",
}


@pytest.mark.parametrize("revision", OTHER_REVISIONS)
def test_ready_means_database_and_migrations(portal: Portal, revision: str) -> None:
    assert portal.browser().get("/readyz").status == 200
    with writing_engine(portal.app).begin() as connection:
        head = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :other"), {"other": revision})
    try:
        answer = portal.browser().get("/readyz")
        assert (answer.status, answer.text) == (503, f"not ready: {OTHER_REVISIONS[revision]}\n")
    finally:
        with writing_engine(portal.app).begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def test_numbers_that_cannot_be_kept_cost_nobody_an_answer(tmp_path: Path) -> None:
    env = {
        "SECRET_KEY": "a key for tests, and long enough",
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "gone"),
    }
    code = "from wsgi import app; print(app.test_client().get('/login').status_code)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert run.stdout == "200\n"
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    found = [(line["level"], line["event"], line.get("outcome")) for line in lines]
    assert found == [("ERROR", "metrics", "FileNotFoundError"), ("INFO", "request", None)]
