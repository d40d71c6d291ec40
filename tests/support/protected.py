"""A stranger's application behind the portal's list: a real nginx or Caddy, the portal as shipped, and its database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from proofs.databases import database, portal
from tests.support.caddy import Caddy
from tests.support.foreign import Foreign
from tests.support.nginx import HOST, Edge, Got, Nginx, find_module, find_program
from tests.support.quick import cookie_of, put_list, start_session
from tests.support.server import Server
from tests.support.world import World

LISTED, ELSEWHERE = "127.0.0.2", "127.0.0.3"
COOKIE = "__Host-session"
KINDS = ("nginx", "Caddy")


@dataclass
class Protected:
    """The application, what is before it, and who may be there."""

    edge: Edge
    server: Server
    application: Foreign
    app: Flask
    world: World

    def put_list(self, *networks: str) -> None:
        """Replace the active list."""
        put_list(self.app, self.world.halden, *networks, active=True)

    def cookie(self, person: str = "dana") -> str:
        """Sign somebody in."""
        session_id = start_session(self.app, self.world.halden, self.world.users[person], LISTED)
        return f"{COOKIE}={cookie_of(self.app, session_id)}"

    def ask(self, path: str = "/x", *, method: str = "GET", source: str = LISTED, **more: Any) -> Got:
        """Send a request of somebody who is signed in, unless `cookie` says otherwise."""
        cookie = more.pop("cookie", None) or self.cookie()
        headers = {"Cookie": cookie} | more.pop("headers", {})
        return self.edge.ask(method, path, source=source, headers=headers, **more)

    def visit(self, path: str = "/x", *, source: str = LISTED, **headers: str) -> Got:
        """Send a request of somebody who is not signed in."""
        return self.edge.get(path, source=source, headers={name.replace("_", "-"): h for name, h in headers.items()})


def require(kind: str) -> None:
    """Skip the test where the proxy is not installed."""
    if kind == "Caddy" and shutil.which("caddy") is None:
        pytest.skip("Caddy is missing (package caddy)")
    if kind == "nginx" and not (find_program() and find_module()):
        pytest.skip("nginx or its JavaScript is missing (packages nginx-light, libnginx-mod-http-js)")


def told(got: Got) -> dict[str, str]:
    """Return what the application says has reached it."""
    found: dict[str, str] = json.loads(got.body)
    return found


@contextmanager
def protected(
    kind: str, *, workers: int = 2, hurry: float = 1, host: str = "127.0.0.1", **env: str
) -> Iterator[Protected]:
    """Start all of it, with an active list that lets LISTED in; the portal listens, and is asked, at `host`."""
    with ExitStack() as running:
        url = running.enter_context(database("SQLite"))
        app, world = running.enter_context(portal(url))
        settings = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "PUBLIC_URL": f"https://{HOST}"}
        server = running.enter_context(
            Server(settings | {"TRUSTED_PROXIES": host} | env, workers=workers, host=host, shipped=True)
        )
        application = running.enter_context(Foreign())
        edge = running.enter_context(before(kind, server.url.removeprefix("http://"), application.address, hurry))
        found = Protected(edge, server, application, app, world)
        found.put_list(f"{LISTED}/32")
        yield found


def before(kind: str, portal: str, application: str, hurry: float = 1) -> Edge:
    """Return the proxy."""
    if kind == "Caddy":
        return Caddy(portal, application, hurry=hurry)
    return Nginx([portal] * 3, application=application, hurry=hurry)
