"""Who is calling: the client's address, resolved once a request (R11). No other code believes a forwarding header."""

from __future__ import annotations

from flask import Flask, g, request

from webapp.config import app_object
from webapp.domain.address import Address
from webapp.domain.client_address import TrustedProxies, resolve
from webapp.domain.network import Network


def init_app(app: Flask) -> None:
    """Let templates show the current address."""
    app.jinja_env.globals["current_address"] = current_address


def resolve_client() -> None:
    """Keep the client's address, or None, for everything that asks for it later in the request."""
    environ = request.environ
    header = environ.get("HTTP_X_FORWARDED_FOR")
    resolved = resolve(environ.get("REMOTE_ADDR"), header, app_object(TrustedProxies))
    g.client_address = resolved.address
    g.client_problem = resolved.problem  # for the log: never the header itself, it is a stranger's text


def current_address() -> Address | None:
    """Return the trustworthy address that this request comes from, or None (R11)."""
    address: Address | None = g.client_address
    return address


def trusted_networks() -> tuple[Network, ...]:
    """Return the networks whose X-Forwarded-For is believed: the section warns of listing them."""
    return app_object(TrustedProxies).networks
