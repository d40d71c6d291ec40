"""The public API: its own tokens, never the cookie, never restricted (R2); `webapp/api/`."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.support.client import Answer, Portal
from tests.support.quick import writing_engine
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME
from webapp.runtime import clock
from webapp.storage import api_tokens, write
from webapp.storage.models import ApiToken, BlockedAttempt, PortalSessionRow, SignInFailures
from webapp.storage.sessions import hash_of

PATHS = ["/api/v1/account", "/api/v1/ip-allowlist"]


def ask(portal: Portal, path: str, authorization: str | None = None, address: str | None = ELSEWHERE) -> Answer:
    """GET as a program does: no cookies, perhaps a token."""
    headers = {} if authorization is None else {"Authorization": authorization}
    return portal.browser(address).get(path, headers=headers)


def bearer(portal: Portal) -> str:
    """The header of Halden's token."""
    return f"Bearer {portal.world.api_token}"


def test_the_token_opens_its_account(portal: Portal) -> None:
    answer = ask(portal, "/api/v1/account", bearer(portal))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == {"id": portal.world.halden, "name": "Halden Freight"}


def test_the_list_is_told_newest_first(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "2001:db8::/48", comment="Office «Süd»")
    answer = ask(portal, "/api/v1/ip-allowlist", bearer(portal))
    assert answer.json["state"] == "inactive"
    assert [network["network"] for network in answer.json["networks"]] == ["2001:db8::/48", "203.0.113.0/24"]
    newest = answer.json["networks"][0]
    assert (newest["id"], newest["comment"]) == (portal.id_of("2001:db8::/48"), "Office «Süd»")
    assert newest["added_at"].endswith("+00:00")


def test_an_empty_list_is_told_too(portal: Portal) -> None:
    assert ask(portal, "/api/v1/ip-allowlist", bearer(portal)).json == {"state": "inactive", "networks": []}


@pytest.mark.parametrize("address", [ELSEWHERE, None])
@pytest.mark.parametrize("path", PATHS)
def test_the_api_is_never_restricted(portal: Portal, path: str, address: str | None) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    answer = ask(portal, path, bearer(portal), address)
    assert answer.status == 200
    assert answer.json.get("state", "active") == "active"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic ZGFuYTp4",
        "Token x",
        "Bearer \u00fc",
        "Bearer a b",
        "x" * 5000,
    ],
)
def test_without_a_good_token_401_with_the_challenge(portal: Portal, path: str, authorization: str | None) -> None:
    answer = ask(portal, path, authorization)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["error"] == "unauthorized"
    assert "Halden" not in answer.text


def test_a_token_that_is_nearly_right_is_wrong(portal: Portal) -> None:
    token = portal.world.api_token
    for wrong in (token.upper(), token[:-1], token + "x", token.removeprefix("pat_"), hash_of(token)):
        assert ask(portal, "/api/v1/account", f"Bearer {wrong}").status == 401


def test_the_scheme_may_be_written_in_any_case(portal: Portal) -> None:
    assert ask(portal, "/api/v1/account", f"bearer {portal.world.api_token}").status == 200


@pytest.mark.parametrize("path", PATHS)
def test_the_session_cookie_is_no_key(portal: Portal, path: str) -> None:
    browser = portal.signed_in_by_page("dana")
    answer = browser.get(path)
    assert answer.status == 401
    assert "Halden" not in answer.text


def test_the_token_is_no_key_to_the_portal(portal: Portal) -> None:
    for path in ("/", "/account/settings/ip-allowlist", "/session"):
        answer = ask(portal, path, bearer(portal))
        assert (answer.status, (answer.location or "")[:6]) == (303, "/login")


def test_the_token_is_read_from_the_header_only(portal: Portal) -> None:
    token = portal.world.api_token
    assert ask(portal, f"/api/v1/account?token={token}&access_token={token}").status == 401
    browser = portal.browser()
    browser.client.set_cookie("Authorization", token)
    assert browser.get("/api/v1/account").status == 401


def test_a_token_shows_its_own_account_only(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", account=portal.world.northwind)
    portal.set_list("203.0.113.0/24")
    with portal.app.app_context():
        other = write(lambda session: api_tokens.create(session, portal.world.northwind, "other", clock.now()))
    assert "192.0.2.0" not in ask(portal, "/api/v1/ip-allowlist", bearer(portal)).text
    answer = ask(portal, f"/api/v1/ip-allowlist?account={portal.world.halden}", f"Bearer {other}")
    assert [network["network"] for network in answer.json["networks"]] == ["192.0.2.0/24"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed_and_no_csrf_token_is_asked_for(portal: Portal, path: str, method: str) -> None:
    writes = {"PUT"} if path == "/api/v1/ip-allowlist" else set()
    headers = {"Authorization": bearer(portal), "X-Forwarded-For": ELSEWHERE}
    answer = Answer(portal.app.test_client().open(path, method=method, headers=headers))
    if method in writes:
        assert answer.status == 403
        return
    assert answer.status == 405
    assert {"GET", "HEAD", "OPTIONS"} | writes == {allowed.strip() for allowed in answer.headers["Allow"].split(",")}


def test_a_post_to_the_api_does_not_end_a_blocked_browsers_session(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne", ELSEWHERE)
    portal.set_list("203.0.113.0/24", active=True)
    browser.client.post("/api/v1/account", headers={"X-Forwarded-For": ELSEWHERE})
    with Session(portal.app.extensions["engine"]) as session:
        assert session.scalars(sa.select(PortalSessionRow)).all()
        assert not session.scalars(sa.select(BlockedAttempt)).all()


def test_head_is_answered_like_get_without_a_body(portal: Portal) -> None:
    headers = {"Authorization": bearer(portal), "X-Forwarded-For": ELSEWHERE}
    response = portal.app.test_client().head("/api/v1/account", headers=headers)
    assert (response.status_code, response.data) == (200, b"")


def test_there_is_nothing_under_another_url_of_the_api(portal: Portal) -> None:
    for path in ("/api/v1/nope", "/api/v1/account/", "/api", "/api/v1/../../account/settings"):
        answer = ask(portal, path, bearer(portal))
        assert answer.status in {303, 404}
        assert "Halden" not in answer.text


def test_the_token_is_kept_as_its_hash_only(portal: Portal) -> None:
    token = portal.world.api_token
    with Session(portal.app.extensions["engine"]) as session:
        (row,) = session.execute(sa.select(ApiToken.__table__)).all()
    assert row.token_hash == hash_of(token)
    assert not any(token in str(value) or token.removeprefix("pat_") in str(value) for value in row)
    assert len(token.removeprefix("pat_")) >= 43


def wrong(portal: Portal, address: str | None = ELSEWHERE, *, times: int = 1) -> list[int]:
    """Send a wrong token so often, and return the statuses."""
    return [ask(portal, PATHS[0], f"Bearer guess{number}", address).status for number in range(times)]


def test_wrong_tokens_of_one_client_are_answered_429_and_a_right_one_as_ever(portal: Portal, time: Clock) -> None:
    assert wrong(portal, times=52) == [401] * 50 + [429] * 2
    time.advance(timedelta(minutes=5))
    answer = ask(portal, PATHS[0], "Bearer guess")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "600")
    assert set(answer.json) == {"error", "message"}
    assert "WWW-Authenticate" not in answer.headers
    assert ask(portal, PATHS[0], bearer(portal)).status == 200
    assert ask(portal, PATHS[0]).status == 401
    assert portal.browser(ELSEWHERE).sign_in("dana").status == 303
    assert wrong(portal, HOME) == wrong(portal, None) == [401]
    time.advance(timedelta(minutes=11))
    assert wrong(portal) == [401]


def test_right_and_missing_tokens_cost_no_wrong_ones_and_a_flood_keeps_one_counter(portal: Portal) -> None:
    with statements(portal.app) as log:
        ask(portal, PATHS[0], bearer(portal))
        ask(portal, PATHS[0])
        ask(portal, PATHS[0], "Bearer ")
    assert len(log) == 1, log
    wrong(portal, times=52)
    with Session(portal.app.extensions["engine"]) as session:
        assert session.scalars(sa.select(SignInFailures.count)).all() == [50]
    with statements(portal.app) as log:
        wrong(portal)
    assert not any(word.startswith(("INSERT", "UPDATE", "DELETE")) for word in log), log


def test_a_token_is_dead_as_soon_as_its_row_is_gone(portal: Portal) -> None:
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.delete(ApiToken))
    assert ask(portal, "/api/v1/account", bearer(portal)).status == 401


def test_an_error_can_be_read_by_a_program(portal: Portal) -> None:
    answer = ask(portal, "/api/v1/account")
    assert answer.headers["Content-Type"] == "application/json"
    assert set(json.loads(answer.text)) == {"error", "message"}


def test_answers_are_not_cached_and_carry_nothing_of_the_portal(portal: Portal) -> None:
    answer = ask(portal, "/api/v1/ip-allowlist", bearer(portal))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert portal.world.api_token not in answer.text
    assert "hash" not in answer.text
