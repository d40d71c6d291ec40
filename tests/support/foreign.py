"""A stranger's application, in plain WSGI: it knows nothing of the portal, and tells what has reached it.

Its server makes one variable of `X-Portal-User` and `x_portal_user`, as many do. `GET /socket` is a WebSocket that
says everything back; what `POST /cookies` is sent, line by line, it sets as cookies, and of
`POST /headers` as headers; `/orders.html` is a page.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterable
from html import escape
from socketserver import ThreadingMixIn
from typing import Any, Self, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 1.3
PAGE = """<!doctype html><html lang="en"><title>Orders</title><h1>Orders of {who}</h1><p id="got">{body}</p>
<form method="post" action="/orders.html"><label>What <input name="what"></label> <button>Order</button></form>
<a href="/orders.html">Orders</a> <a href="/account">Account</a></html>"""
Start = Callable[..., Any]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """Tell what has reached it."""
    if environ["PATH_INFO"] == "/socket" and environ.get("HTTP_UPGRADE", "").lower() == "websocket":
        return talk(environ)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    if environ["PATH_INFO"] == "/orders.html":
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [PAGE.format(who=escape(environ["HTTP_X_PORTAL_EMAIL"]), body=escape(body)).encode()]
    named = {"/cookies": "Set-Cookie: ", "/headers": ""}
    lines = body.splitlines() if environ["PATH_INFO"] in named else []
    set_by = [(named[environ["PATH_INFO"]] + line).split(": ", 1) for line in lines]
    start_response("200 OK", [("Content-Type", "application/json"), *((name, text) for name, text in set_by)])
    told = {name: text for name, text in environ.items() if name.startswith("HTTP_")}
    told |= {"method": environ["REQUEST_METHOD"], "path": environ["SENT_PATH"], "body": body}
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [json.dumps(told).encode()]


def talk(environ: dict[str, Any]) -> Iterable[bytes]:
    """Shake hands, and say back each frame that comes, unmasked as a server's is; none is longer than 125 bytes."""
    connection: socket.socket = environ["CONNECTION"]
    sent = environ["HTTP_SEC_WEBSOCKET_KEY"].encode()
    key = base64.b64encode(hashlib.sha1(sent + MAGIC, usedforsecurity=False).digest()).decode()
    said = f"Sec-WebSocket-Accept: {key}\r\nX-User-Was: {environ.get('HTTP_X_PORTAL_USER')}\r\n\r\n"
    connection.sendall(
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{said}".encode()
    )
    while data := connection.recv(4096):
        mask, text = data[2:6], data[6:]
        said_back = bytes(byte ^ mask[number % 4] for number, byte in enumerate(text))
        connection.sendall(bytes([data[0], len(text)]) + said_back)
    environ["TALKED"].append(True)
    return []


class _Handler(WSGIRequestHandler):
    server: Foreign

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        self.talked: list[bool] = []
        self.server.asked.append(self.path)
        return environ | {"SENT_PATH": self.path, "CONNECTION": self.connection, "TALKED": self.talked}

    def handle(self) -> None:
        """As the base class does it, but that nothing is sent after a WebSocket."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.parse_request():
            return
        environ = self.get_environ()
        handler = _Quiet(cast(Any, self.rfile), cast(Any, self.wfile), self.get_stderr(), environ, multithread=True)
        handler.request_handler = self  # type: ignore[attr-defined]
        handler.talked = self.talked
        handler.run(application)
        self.note_what_is_left()

    def note_what_is_left(self) -> None:
        """Note what came behind a body as if it was asked for: a server that keeps connections would believe it."""
        if not self.talked and "Transfer-Encoding" not in self.headers:
            self.connection.setblocking(False)
            if left := self.rfile.peek():  # type: ignore[attr-defined]
                self.server.asked.append(left.decode(errors="replace"))

    def log_message(self, *_: object) -> None:
        pass


class _Quiet(ServerHandler):
    talked: list[bool]

    def finish_response(self) -> None:
        if not self.talked:
            super().finish_response()


class Foreign(ThreadingMixIn, WSGIServer):
    """`with Foreign() as application: application.address`"""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.set_app(application)
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
