"""The edge as it is shipped, before three machines that only count what reaches them."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.nginx import AROUND, CONNECTIONS, HOST, ROOT, Nginx, find_program, free_port

LISTED, SLOW = "127.0.0.2", "127.0.0.9"
HURRY = 5
PATIENCE_S = 10 / HURRY + 25  # on a busy machine; what nobody has set takes nginx 60 s
OWN = {
    404: b"GET /readyz HTTP/1.1\r\nHost: portal.example.com\r\nConnection: close\r\n\r\n",
    413: b"POST / HTTP/1.1\r\nHost: portal.example.com\r\nConnection: close\r\nContent-Length: 99999\r\n\r\n",
}
HEAD = b"%s /login HTTP/1.1\r\nHost: portal.example.com\r\n"


class Machine(ThreadingHTTPServer):
    """Answers at once, but for /slow, which it answers when it stops."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.stopping = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server_port}"

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """What it does with a request."""

    protocol_version = "HTTP/1.1"
    server: Machine

    def do_GET(self) -> None:
        """Count, and answer."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append(self.path)
        if self.path == "/slow":
            self.server.stopping.wait(60)
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_POST = do_GET  # noqa: N815 - the base class's own way

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def machines() -> Iterator[list[Machine]]:
    """Three machines."""
    if find_program() is None:
        pytest.skip("nginx is missing (package nginx-light)")
    with ExitStack() as running:
        yield [running.enter_context(Machine()) for _ in range(3)]


@pytest.fixture(scope="module")
def edge(machines: list[Machine]) -> Iterator[Nginx]:
    """The edge before them, in a hurry."""
    with Nginx([machine.address for machine in machines], hurry=HURRY) as nginx:
        yield nginx


def asked(machines: list[Machine], path: str) -> list[int]:
    """Return how often each machine was asked for a path."""
    return [machine.asked.count(path) for machine in machines]


# --- TLS, and what a listener tells of itself -----------------------------------------------------------------------


def test_only_suites_with_forward_secrecy_and_authenticated_encryption_are_spoken(edge: Nginx) -> None:
    every = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    every.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    tried = [cipher["name"] for cipher in every.get_ciphers() if cipher["protocol"] != "TLSv1.3"]
    assert {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"} <= set(tried)
    spoken = {name for name in tried if speaks(edge, name)}
    assert spoken == {f"ECDHE-RSA-{name}" for name in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")}


def speaks(edge: Nginx, suite: str) -> bool:
    """Whether the edge shakes hands by this suite, in TLS 1.2 or older."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(str(edge.folder / "fullchain.pem"))
    context.set_ciphers(f"{suite}:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with closing(socket.create_connection(("127.0.0.1", edge.https), PATIENCE_S)) as raw, suppress(OSError):
        context.wrap_socket(raw, server_hostname=HOST).close()
        return True
    return False


def test_no_listener_tells_its_version(edge: Nginx) -> None:
    requests = [
        b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host for host in (HOST.encode(), b"x", b"")
    ]
    answers = [plain(edge, request) for request in [*requests, b"GET / HTTP/9\r\n\r\n", b"\0\r\n\r\n"]]
    answers += [secure(edge, request) for request in [*requests, b"GET /readyz HTTP/1.0\r\n\r\n", b"\0\r\n\r\n"]]
    assert sum(b"Server: nginx\r\n" in answer for answer in answers) >= 6
    assert [answer for answer in answers if b"nginx/" in answer] == []


def plain(edge: Nginx, request: bytes) -> bytes:
    """Send bytes without TLS; return all that comes back."""
    with socket.create_connection(("127.0.0.1", edge.http), 5) as connection:
        return exchange(connection, request)


def secure(edge: Nginx, request: bytes) -> bytes:
    """Send bytes over TLS; return all that comes back."""
    with closing(edge.connection()) as connection:
        return exchange(connection.sock, request)


def exchange(connection: socket.socket, request: bytes) -> bytes:
    """Send, and read to the end."""
    connection.sendall(request)
    return b"".join(iter(lambda: connection.recv(65536), b""))


# --- the log --------------------------------------------------------------------------------------------------------


def test_whatever_is_asked_leaves_lines_of_json_without_the_query(edge: Nginx) -> None:
    before = len(log_lines(edge))
    paths = [b"/" + bytes([byte]) + b"?secret" for byte in b"\x01\t\x1f\x22\\\x7f\x80\xa0\xc3\xfe\xff"]
    paths += [b"/%ff%0a%22?secret", b"/\xc3\xa9?secret", b"/\xff\xfe", b"/" + b"x" * 3000, b"/a#secret", b"/%3fa"]
    paths += [b"http://portal.example.com/?secret", b"/?secret", b"*", b"/<>{}|^`?secret"]
    for path in paths:
        secure(edge, b"GET %s HTTP/1.0\r\nHost: portal.example.com\r\n\r\n" % path)
        plain(edge, b"GET %s HTTP/1.0\r\nHost: portal.example.com\r\n\r\n" % path)
    lines = [json.loads(line) for line in log_lines(edge)[before:]]
    assert len(lines) > len(paths)
    assert [line for line in lines if "secret" in line["path"] or not line["path"].isascii()] == []
    assert "/%ff%0a%22" in {line["path"] for line in lines}
    assert max(len(line["path"]) for line in lines) == 200


def log_lines(edge: Nginx) -> list[str]:
    """Return the lines of its log, which is strict UTF-8."""
    return (edge.folder / "portal.log").read_bytes().decode("utf-8").splitlines()


# --- its own answers ------------------------------------------------------------------------------------------------


def test_what_it_answers_by_itself_bears_the_headers_of_the_portal(edge: Nginx) -> None:
    answers = {status: secure(edge, request) for status, request in OWN.items()}
    for status, answer in answers.items():
        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert answer.count(b"\r\nStrict-Transport-Security: max-age=63072000; includeSubDomains\r\n") == 1
        assert answer.count(b"\r\nX-Content-Type-Options: nosniff\r\n") == 1


def test_the_api_is_not_redirected_to_https(edge: Nginx) -> None:
    for path, status in {b"/api/v1/account": 403, b"/": 301}.items():
        request = b"GET %s HTTP/1.1\r\nHost: portal.example.com\r\nConnection: close\r\n\r\n" % path
        assert plain(edge, request).startswith(b"HTTP/1.1 %d " % status)


# --- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_that_no_form_has_ends_at_the_edge(edge: Nginx, machines: list[Machine], chunked: bool) -> None:
    before = sum(asked(machines, "/body"))
    statuses = [post(edge, size, chunked=chunked) for size in (20_000, 33_000, 3_000_000)]
    assert statuses == [200, 413, 413]
    assert sum(asked(machines, "/body")) == before + 1


def post(edge: Nginx, size: int, *, chunked: bool) -> int:
    """Post so many bytes; return the status."""
    with closing(edge.connection()) as connection:
        with suppress(OSError):  # what is too large need not be read to its end
            body = iter([b"x" * size]) if chunked else b"x" * size
            connection.request("POST", "/body", body, {"Host": HOST}, encode_chunked=chunked)
        return connection.getresponse().status


# --- slow connections -----------------------------------------------------------------------------------------------


def test_slow_connections_of_one_address_keep_nobody_else_out(machines: list[Machine]) -> None:
    """Everything a tenth of what it is on a Debian as installed: 77 connections a process, 20 requests an address."""
    changes = {"portal_addresses 200;": "portal_addresses 20;"}
    upstreams = [machine.address for machine in machines]
    with Nginx(upstreams, connections=77, changes=changes, hurry=HURRY) as edge, ExitStack() as held:
        slow = [held.enter_context(begin_to_post(edge)) for _ in range(200)]
        assert [edge.get("/login", source=LISTED).status for _ in range(20)] == [200] * 20
        answers = [connection.recv(4096) for connection in slow]
    refused = [answer for answer in answers if answer]
    assert len(refused) >= 100
    assert {answer.partition(b"\r\n")[0] for answer in refused} == {b"HTTP/1.1 429 Too Many Requests"}
    assert all(b"\r\nRetry-After: 5\r\n" in answer and b"Cache-Control: no-store" in answer for answer in refused)
    assert all(b"\r\nStrict-Transport-Security: " in answer for answer in refused)


def begin_to_post(edge: Nginx) -> ssl.SSLSocket:
    """Send a head and no body; return the connection."""
    connection = edge.connection(source=SLOW).sock
    assert isinstance(connection, ssl.SSLSocket)
    connection.sendall(HEAD % b"POST" + b"Content-Length: 100\r\n\r\n")
    return connection


def test_what_the_tests_say_around_it_is_what_operators_are_told() -> None:
    told = (ROOT / "docs" / "operations.md").read_text()
    around = AROUND.format(folder="", temporary="", connections=CONNECTIONS)
    for line in ("worker_rlimit_nofile 20000;", "worker_connections 8192;"):
        assert line in told
        assert line in around


def test_whoever_sends_nothing_more_is_given_up_soon(edge: Nginx) -> None:
    began = time.monotonic()
    with ExitStack() as held:
        connections = [held.enter_context(closing(edge.connection(source=SLOW))).sock for _ in range(2)]
        connections += [
            held.enter_context(socket.create_connection(("127.0.0.1", edge.https), PATIENCE_S)) for _ in range(2)
        ]
        connections[0].sendall(HEAD % b"GET")
        connections[1].sendall(HEAD % b"POST" + b"Content-Length: 9\r\n\r\n")
        connections[3].sendall(b"\x16\x03\x01")
        for connection in connections:
            connection.settimeout(PATIENCE_S)
            with suppress(ConnectionError):
                connection.recv(1000)
    assert time.monotonic() - began < PATIENCE_S


# --- machines that fail ---------------------------------------------------------------------------------------------


def test_what_timed_out_is_asked_of_one_machine_and_takes_none_out(edge: Nginx, machines: list[Machine]) -> None:
    with ThreadPoolExecutor(3) as three:
        answers = list(three.map(lambda _: edge.get("/slow", source=LISTED), range(3)))
    assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 3
    assert sum(asked(machines, "/slow")) == 3
    before = asked(machines, "/quick")
    assert {edge.get("/quick").status for _ in range(9)} == {200}
    assert all(now > then for now, then in zip(asked(machines, "/quick"), before, strict=True))


def test_a_machine_that_does_not_even_refuse_costs_nobody_an_answer(machines: list[Machine]) -> None:
    with ExitStack() as held:
        listener = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        while True:  # until its queue is full: from then on it answers no connection at all, like one without power
            waiting = held.enter_context(socket.socket())
            waiting.settimeout(1)
            try:
                waiting.connect(address)
            except TimeoutError:
                break
        upstreams = [f"127.0.0.1:{address[1]}", machines[0].address, machines[1].address]
        edge = held.enter_context(Nginx(upstreams, hurry=HURRY))
        assert {edge.get("/").status for _ in range(6)} == {200}


def test_a_post_that_was_sent_is_never_sent_again() -> None:
    received: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=receive_and_leave, args=(listener, received), daemon=True).start()
        here = f"127.0.0.1:{listener.getsockname()[1]}"
        with Nginx([here, here, here]) as edge:
            assert [edge.ask(method, "/", body="a=1").status for method in ("POST", "GET")] == [503, 503]
    assert received == ["POST", "GET", "GET"]


def receive_and_leave(listener: socket.socket, received: list[str]) -> None:
    """Be a machine that ends each connection without an answer."""
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection:
                if request := connection.recv(65536):
                    received.append(request.decode().partition(" ")[0])


def test_what_nginx_answers_by_itself_says_where_support_is_asked() -> None:
    said = {'default "";': 'default "Support: support@example.com";'}
    dead = [f"127.0.0.1:{free_port()}"] * 3
    with Nginx(dead, changes=said) as edge:
        answer = edge.get("/")
    assert (answer.status, answer.body) == (
        503,
        b"The portal can't answer right now. Try again in a few seconds. Support: support@example.com\n",
    )
