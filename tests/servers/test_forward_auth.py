"""A stranger's application behind the list, by the files that are shipped for nginx and for Caddy."""

from __future__ import annotations

import re
from contextlib import closing

import pytest

from tests.support.nginx import HOST, Nginx
from tests.support.protected import COOKIE, ELSEWHERE, LISTED, Protected, told

PAGE = {"Accept": "text/html,*/*", "Sec_Fetch_Mode": "navigate"}
FORGED = ("X-Portal-User", "x-portal-user", "X_Portal_User", "x_portal-user", "X-Portal_User", "X-PORTAL-USER")
IDENTITY = {"HTTP_X_PORTAL_EMAIL": "dana@example.com", "HTTP_X_PORTAL_ROLE": "owner"}
PORTALS_OWN = ("/account", "/login", "/logout", "/blocked", "/session", "/auth/check", "/static/app.css", "/api/v1/x")
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


# --- Who gets in ----------------------------------------------------------------------------------------------------


def test_the_application_is_told_who_it_is_and_from_where(behind: Protected) -> None:
    said = told(behind.ask("/orders?of=1&of=2", headers={"X-Own": "kept"}))
    assert IDENTITY.items() <= said.items()
    assert said["HTTP_X_PORTAL_USER"] == str(behind.world.users["dana"])
    assert said["HTTP_X_PORTAL_ACCOUNT"] == str(behind.world.halden)
    assert (said["HTTP_X_FORWARDED_FOR"], said["HTTP_HOST"], said["HTTP_X_OWN"]) == (LISTED, HOST, "kept")
    assert (said["method"], said["path"]) == ("GET", "/orders?of=1&of=2")


def test_a_page_leads_to_the_sign_in_page_and_from_there_back(behind: Protected) -> None:
    for path in ("/", "/orders?of=1&b=%2f+%26", "/robots"):
        answer = behind.visit(path, **PAGE)
        assert (answer.status, answer.headers["Cache-Control"]) == (303, "no-store")
        page = behind.visit(str(answer.headers["Location"]))
        assert page.status == 200
        assert f'name="next" value="{path.replace("&", "&amp;")}"' in page.text


def test_what_the_portal_has_beside_its_own_paths_is_not_shown_in_the_applications_place(behind: Protected) -> None:
    own = {path.split("/")[1] for path in PORTALS_OWN}
    rules = {rule.rule for rule in behind.app.url_map.iter_rules() if "<" not in rule.rule}
    beside = {rule for rule in rules if rule.split("/")[1] not in own} | {"/robots.txt"}
    assert {"/healthz", "/readyz"} < beside
    if isinstance(behind.edge, Nginx):
        beside.remove("/readyz")  # which nginx keeps from everybody
        assert behind.visit("/readyz", **PAGE).status == 404
    behind.application.asked.clear()
    for path in sorted(beside):
        answer = behind.visit(path, **PAGE)
        assert answer.status in {303, 401}, path
        if answer.status == 303:
            assert str(answer.headers["Location"]).startswith("/login?next="), path
        assert told(behind.ask(path))["path"] == path
    assert behind.application.asked == sorted(beside)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/json"},
        {"Accept": "text/html", "HX_Request": "true"},
        {"Accept": "text/html", "X_Requested_With": "XMLHttpRequest"},
        {"Accept": "text/html", "Sec_Fetch_Mode": "cors"},
        {"Sec_Fetch_Mode": "websocket"},
    ],
    ids=str,
)
def test_a_script_or_a_program_is_told_and_led_nowhere(behind: Protected, headers: dict[str, str]) -> None:
    answer = behind.visit("/x", **headers)
    assert (answer.status, answer.headers["Location"], answer.headers["Cache-Control"]) == (401, None, "no-store")
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    blocked = behind.ask("/x", source=ELSEWHERE, headers=sent)
    assert (blocked.status, blocked.headers["Location"]) == (403, None)


def test_a_post_without_a_session_is_led_nowhere(behind: Protected) -> None:
    answer = behind.edge.ask("POST", "/x", body="a=1", headers={"Accept": "text/html", "Sec-Fetch-Mode": "navigate"})
    assert (answer.status, answer.headers["Location"]) == (401, None)


def test_whoever_is_blocked_finds_the_reason_and_the_reference(behind: Protected) -> None:
    cookie = behind.cookie()
    answer = behind.ask(source=ELSEWHERE, cookie=cookie, headers={"Accept": "text/html"})
    assert (answer.status, answer.headers["Location"]) == (303, "/blocked")
    kept = str(answer.headers["Set-Cookie"]).partition(";")[0]
    assert kept.startswith(f"{COOKIE}=")
    page = behind.ask("/blocked", source=ELSEWHERE, cookie=kept)
    assert page.status == 403
    assert f'data-address="{ELSEWHERE}"' in page.text
    assert re.search(r'data-reference="blk_\w', page.text)
    assert behind.ask(cookie=cookie).status == 401


def test_what_the_application_answers_is_passed_as_it_is(behind: Protected) -> None:
    for method, body in (("POST", "a=1&" * 20_000), ("PUT", "x"), ("DELETE", None), ("GET", None)):
        answer = behind.ask("/x", method=method, body=body)
        assert (told(answer)["method"], told(answer)["body"]) == (method, body or "")
    head = behind.ask("/x", method="HEAD")
    assert (head.status, head.body) == (200, b"")


# --- What must not get through --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_identity_is_not_believed_however_it_is_spelled(behind: Protected, name: str) -> None:
    also = re.sub("user", "Role", name, flags=re.IGNORECASE)
    said = told(behind.ask(headers={name: "999", also: "999"}))
    assert "999" not in str(said)
    assert behind.visit("/x", **{name: "1"}).status == 401


def test_the_portals_cookies_stay_with_the_portal(behind: Protected) -> None:
    cookie = behind.cookie()
    for sent in (f"a=1; {cookie}; b=2", f"a=1;{cookie};b=2; {cookie}", f"{cookie}; a=1; portal_session=x; b=2"):
        got = told(behind.ask(cookie=sent))["HTTP_COOKIE"]
        assert [part.strip() for part in got.split(";")] == ["a=1", "b=2"]
    assert not told(behind.ask(cookie=cookie)).get("HTTP_COOKIE")


def test_the_application_cannot_set_the_portals_cookies(behind: Protected) -> None:
    body = f"a=1; Path=/\n{COOKIE}=evil; Secure; Path=/\nportal_session=evil\n{COOKIE.lower()}=evil\nb=2"
    answer = behind.ask("/cookies", method="POST", body=body)
    assert [text for text in answer.headers.get_all("Set-Cookie", []) if text] == ["a=1; Path=/", "b=2"]


def test_no_service_worker_is_served(behind: Protected) -> None:
    for path in ("/worker.js", "/static/app.js", "/"):
        assert behind.ask(path, headers={"Service-Worker": "script"}).status == 403
    assert behind.application.asked.count("/worker.js") == 0


@pytest.mark.parametrize(
    "path", ["/account/../x", "/login/..%2f", "/accounting", "/static/../x", "/login/../../x", "/%2e/x"]
)
def test_what_reaches_the_application_has_been_asked_about(behind: Protected, path: str) -> None:
    before = len(behind.application.asked)
    assert behind.visit(path).status in {303, 400, 401}
    assert len(behind.application.asked) == before


@pytest.mark.parametrize("path", ["//account", "/%61ccount", "/x/../account", "/./account", "/account/%2e%2e/account"])
def test_the_portals_paths_are_the_portals_however_they_are_spelled(behind: Protected, path: str) -> None:
    before = len(behind.application.asked)
    assert behind.visit(path).status in {303, 401, 404}
    assert behind.ask(path, source=ELSEWHERE).status == 403
    assert len(behind.application.asked) == before


@pytest.mark.parametrize("path", PORTALS_OWN)
def test_the_documented_paths_are_the_portals(behind: Protected, path: str) -> None:
    before = len(behind.application.asked)
    assert behind.ask(path).status in {200, 204, 303, 401, 404}
    assert len(behind.application.asked) == before


# --- WebSockets, changes ----------------------------------------------------------------------------------------------


def test_a_websocket_is_opened_for_whoever_is_let_in(behind: Protected) -> None:
    with closing(behind.edge.connection(LISTED)) as connection:
        connection.request("GET", "/socket", headers={"Host": HOST, "Cookie": behind.cookie()} | UPGRADE)
        sock = connection.sock
        assert b" 101 " in (head := sock.recv(4096)), head
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
        sock.sendall(b"\x81\x85\0\0\0\0hello")
        assert sock.recv(4096).endswith(b"hello")
    assert behind.ask("/socket", source=ELSEWHERE, headers=UPGRADE).status == 403
    assert behind.edge.get("/socket", headers=UPGRADE).status == 401


def test_no_other_protocol_is_spoken_to_the_application(behind: Protected) -> None:
    said = told(
        behind.ask(headers={"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAM"})
    )
    assert not said.get("HTTP_UPGRADE")


def test_the_next_request_obeys_a_changed_list(behind: Protected) -> None:
    stale = 0
    try:
        for _ in range(30):
            cookie = behind.cookie()
            behind.put_list(f"{LISTED}/32")
            assert behind.ask(cookie=cookie).status == 200
            behind.put_list("192.0.2.0/24")
            stale += behind.ask(cookie=cookie).status != 403
    finally:
        behind.put_list(f"{LISTED}/32")
    assert stale == 0
