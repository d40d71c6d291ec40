"""What an outsider, or the application itself, may try with bytes of their own, through nginx and through Caddy."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import closing, suppress
from http.client import HTTPResponse
from typing import Any

import pytest

from tests.support.nginx import HOST
from tests.support.protected import COOKIE, ELSEWHERE, LISTED, Protected, told

FORGED = b"999"
HIDDEN, OUTER = "/hidden-in-another", "/outer"
UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
# A space, a tab, a dot, a dash of another kind, a byte that ends texts elsewhere: before, within and behind the name.
NAMES = (
    *(b"X-Portal-User" + byte for byte in (b" ", b"\t", b"\x00", b"\x0b", b"\xa0")),
    *(byte + b"X-Portal-User" for byte in (b" ", b"\t")),
    *(
        b"X" + joint + b"Portal" + joint + b"User"
        for joint in (b" ", b".", b"!", b"~", b"__", b"\xe2\x80\x90", b"-\x00")
    ),
    b"X-Portal.User",
    b"HTTP_X_PORTAL_USER",
)
SMUGGLED = f"GET {HIDDEN} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
LENGTHS = (
    b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding : chunked\r\n",
    b"Transfer-Encoding: xchunked\r\n",
    b"Transfer-Encoding: chunked, identity\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n",
    b"Transfer_Encoding: chunked\r\nContent-Length: 4\r\n",
    b"Content-Length: 4\r\nContent-Length: 400\r\n",
    b"Content-Length: +4\r\n",
    b"Content-Length: 0x4\r\n",
    b"Content_Length: 4\r\n",
)
PATHS = (
    *(
        "//login",
        "/login;x",
        "/login;/../x",
        "/ACCOUNT",
        "/Account/x",
        "/%61uth/x",
        "/auth%2fcheck",
        "/auth/check/../../x",
    ),
    *(
        "/account%2f..",
        "/account%2f..%2fx",
        "/account%5c..%5cx",
        "/account\\..\\x",
        "/static%2f..%2fx",
        "/static/..;/x",
    ),
    *("/%00", "/x%00/account", "/.portal-check", "/.portal-check/", "/api/../x", "/%2e%2e/x", "/x/%2e%2e/y"),
    *("/?next=/account", "/x#/account"),
)


def send(behind: Protected, request: bytes, source: str = LISTED) -> tuple[int, Any, bytes]:
    """Send bytes over TLS; return status, headers and body of the first answer, and (0, {}, b"") where none comes."""
    with closing(behind.edge.connection(source)) as connection:
        connection.sock.sendall(request)
        answer = HTTPResponse(connection.sock)
        try:
            answer.begin()
            return answer.status, answer.headers, answer.read() if answer.status != 101 else b""
        except (OSError, ValueError, EOFError):
            return 0, {}, b""


def served(behind: Protected) -> int:
    """Return how much the application was asked for, but for what one of the tests leaves behind it."""
    return sum(path != OUTER for path in behind.application.asked)


def head(behind: Protected, path: str = "/x", *, method: str = "GET", cookie: str | None = None) -> bytes:
    """Return how a request begins of somebody who is signed in, unless `cookie` says otherwise."""
    line = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
    return f"{line}Cookie: {behind.cookie() if cookie is None else cookie}\r\n".encode()


def known(behind: Protected) -> dict[str, str]:
    """Return what the application has to be told of Dana, and nothing else by such a name."""
    ids = {"HTTP_X_PORTAL_USER": behind.world.users["dana"], "HTTP_X_PORTAL_ACCOUNT": behind.world.halden}
    return {"HTTP_X_PORTAL_EMAIL": "dana@example.com", "HTTP_X_PORTAL_ROLE": "owner"} | {
        name: str(number) for name, number in ids.items()
    }


def identity(said: dict[str, str]) -> dict[str, str]:
    """Return what it was told, by whatever an application's server may take for these names."""
    return {name: text for name, text in said.items() if "PORTAL" in name.upper()}


# --- Who somebody is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_odd_byte_in_a_name_makes_an_identity(behind: Protected, name: bytes, method: str) -> None:
    for forged in (name, name.replace(b"User", b"Role").replace(b"user", b"role").replace(b"USER", b"ROLE")):
        request = head(behind, method=method) + b"Content-Length: 0\r\n" * (method == "POST")
        status, _, body = send(behind, request + b"A: b\r\n" + forged + b": " + FORGED + b"\r\n\r\n")
        assert status in {0, 200, 400}
        if status == 200:
            assert identity(json.loads(body)) == known(behind)
    asked = served(behind)
    assert send(behind, head(behind, cookie="") + name + b": 1\r\n\r\n")[0] in {0, 400, 401}
    assert served(behind) == asked


@pytest.mark.parametrize(
    "named", ["X-Portal-User", "X-Portal-Role, X-Portal-User", "X-Forwarded-For", "Cookie", "Host"]
)
def test_no_header_of_ours_is_taken_out_by_naming_it(behind: Protected, named: str) -> None:
    """What `Connection` names is for the next hop only, and a proxy takes it out: ours must not be among it."""
    for more in (b"", UPGRADE.replace(b"Connection: Upgrade\r\n", b"")):
        upgrade = "Upgrade, " if more else ""
        request = head(behind, "/x").replace(b"Connection: close", f"Connection: {upgrade}{named}".encode())
        status, _, body = send(behind, request + more + b"\r\n")
        assert status in {200, 401}
        if status == 200:
            assert identity(said := json.loads(body)) == known(behind)
            assert said["HTTP_X_FORWARDED_FOR"] == LISTED
            assert COOKIE not in body.decode()
        assert send(behind, request + more + b"\r\n", ELSEWHERE)[0] in {401, 403}


def test_a_websocket_is_told_of_whoever_has_the_session(behind: Protected) -> None:
    forged = b"".join(b"%s: 999\r\n" % name for name in (b"X-Portal-User", b"x_portal_user", b"X-Portal_User"))
    request = head(behind, "/socket").replace(b"Connection: close\r\n", b"") + UPGRADE + forged + b"\r\n"
    status, headers, _ = send(behind, request)
    assert (status, headers["X-User-Was"]) == (101, str(behind.world.users["dana"]))
    request = head(behind, "/socket", cookie="").replace(b"Connection: close\r\n", b"") + UPGRADE + forged + b"\r\n"
    assert send(behind, request)[0] == 401


def test_of_two_session_cookies_the_one_that_was_asked_about_counts(behind: Protected) -> None:
    """Nobody is one person to the portal's check, and another to the application."""
    dana, sanne = behind.cookie("dana"), behind.cookie("sanne")
    for lines in ([f"{dana}; {sanne}"], [dana, sanne], [f"{COOKIE}=x", dana], [f"a=1; {dana}", "b=2"]):
        cookies = "".join(f"Cookie: {line}\r\n" for line in lines)
        request = f"GET /x HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{cookies}\r\n".encode()
        status, _, body = send(behind, request)
        assert status in {200, 401}
        if status == 200:
            assert identity(json.loads(body)) == known(behind)
            assert COOKIE not in body.decode()
        assert send(behind, request, ELSEWHERE)[0] in {401, 403}
    lower = head(behind, cookie=dana.lower().partition("=")[0] + "=" + dana.partition("=")[2]) + b"\r\n"
    assert send(behind, lower)[0] == 401


@pytest.mark.parametrize("protocol", ["--http1.1", "--http2"])
def test_cookies_in_several_lines_and_forged_names_over_each_protocol(behind: Protected, protocol: str) -> None:
    if (curl := shutil.which("curl")) is None:
        pytest.skip("curl is missing (package curl)")
    cookies = ["a=1", behind.cookie(), "b=2"]  # HTTP/1.1 has all in one line (RFC 6265 5.4), HTTP/2 one in each
    sent = [f"Cookie: {text}" for text in (cookies if protocol == "--http2" else ["; ".join(cookies)])]
    sent += ["x-portal-user: 999", "x_portal_role: 999", "te: trailers", "Connection: x-portal-user"]
    sent += ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Range: bytes=0-1", "If-None-Match: *"]
    where = ["--resolve", f"{HOST}:443:127.0.0.1", "--connect-to", f"{HOST}:443:127.0.0.1:{behind.edge.https}"]
    command = [curl, "-s", protocol, "--interface", LISTED, *where, "--cacert", f"{behind.edge.folder}/fullchain.pem"]
    lines = [part for line in sent for part in ("-H", line)]
    done = subprocess.run([*command, *lines, f"https://{HOST}/x"], capture_output=True, check=True)
    said = json.loads(done.stdout)
    assert identity(said) == known(behind)
    assert [one.strip() for one in said["HTTP_COOKIE"].split(";")] == ["a=1", "b=2"]
    assert (said["HTTP_X_FORWARDED_FOR"], said.get("HTTP_FORWARDED") or "") == (LISTED, "")


# --- What is asked, and of whom -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lengths", LENGTHS, ids=ascii)
def test_no_request_is_hidden_in_the_body_of_another(behind: Protected, lengths: bytes) -> None:
    for cookie in (None, ""):
        for body in (b"0\r\n\r\n" + SMUGGLED, b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED), SMUGGLED):
            request = head(behind, OUTER, method="POST", cookie=cookie).replace(b"Connection: close\r\n", b"") + lengths
            with closing(behind.edge.connection(LISTED)) as connection, suppress(TimeoutError, ConnectionError):
                connection.sock.sendall(request + b"\r\n" + body + head(behind, "/login", cookie="") + b"\r\n")
                connection.sock.settimeout(1)  # some wait for more of a body that has been sent
                while connection.sock.recv(65536):
                    pass
    assert [path for path in behind.application.asked if HIDDEN in path] == []


@pytest.mark.parametrize("path", PATHS)
def test_whatever_the_path_is_like_the_list_is_asked(behind: Protected, path: str) -> None:
    asked = served(behind)
    assert send(behind, head(behind, path, cookie="") + b"\r\n")[0] in {200, 303, 400, 401, 404}
    assert send(behind, head(behind, path) + b"\r\n", ELSEWHERE)[0] in {200, 400, 401, 403, 404}
    assert served(behind) == asked
    assert send(behind, head(behind, path) + b"\r\n")[0] in {200, 204, 303, 400, 404}


@pytest.mark.parametrize(
    "start",
    [f"GET http://{HOST}/x", "GET http://evil.example/x", "GET https://evil.example/x", "GET x", "GET *", "OPTIONS *"],
)
def test_a_request_for_another_host_gets_nothing_of_the_application(behind: Protected, start: str) -> None:
    asked = served(behind)
    rest = f" HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    for request in (start + rest, (start + rest).replace(f"Host: {HOST}", "Host: evil.example")):
        assert send(behind, request.encode())[2].find(b"HTTP_") == -1
    send(behind, head(behind).replace(f"Host: {HOST}".encode(), b"Host: evil.example") + b"\r\n")
    assert served(behind) == asked


@pytest.mark.parametrize(
    "name", ["X-Original-URI", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Original-Method"]
)
def test_the_answer_does_not_depend_on_where_somebody_says_they_go(behind: Protected, name: str) -> None:
    for value in ("/login", "/static/app.css", "OPTIONS"):
        assert behind.edge.get("/x", source=LISTED, headers={name: value}).status == 401
        assert behind.ask(source=ELSEWHERE, headers={name: value}).status == 403


@pytest.mark.parametrize(
    "headers", [{"Range": "bytes=0-3"}, {"If-None-Match": "*"}, {"If-Match": '"x"'}, {"Expect": "x"}]
)
def test_a_condition_is_the_applications_business_and_never_the_checks(
    behind: Protected, headers: dict[str, str]
) -> None:
    assert behind.ask(headers=headers).status in {200, 417}
    assert behind.ask(source=ELSEWHERE, headers=headers).status in {403, 417}
    assert behind.edge.get("/x", source=LISTED, headers=headers).status in {401, 417}


# --- What the application may not do ---------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["/.portal-check", "/account", "/login", "/x"])
def test_the_application_cannot_have_another_page_served_in_its_place(behind: Protected, to: str) -> None:
    answer = behind.ask("/headers", method="POST", body=f"X-Accel-Redirect: {to}\nX-Sendfile: /etc/hostname")
    assert told(answer)["path"] == "/headers"


def test_the_application_sets_no_cookie_of_the_portals_in_any_disguise(behind: Protected) -> None:
    forged = [f"={COOKIE}=x", f" ={COOKIE}=x", f"{COOKIE}\t=x", f"{COOKIE} = x", "=portal_session=x", f"\t{COOKIE}=x"]
    answer = behind.ask("/headers", method="POST", body="\n".join(f"Set-Cookie: {text}" for text in [*forged, "b=2"]))
    assert [text for text in answer.headers.get_all("Set-Cookie", []) if text.strip()] == ["b=2"]
