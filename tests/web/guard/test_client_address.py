"""The client's address is resolved once a request and kept; `webapp/guard/client_address.py`."""

import pytest
from flask import Flask, g

from webapp.config import register
from webapp.domain.client_address import TrustedProxies
from webapp.guard.client_address import current_address, resolve_client, trusted_networks

PROXY = "10.0.0.2"


def portal(trusted: str) -> Flask:
    app = Flask(__name__)
    register(app, TrustedProxies.parse(trusted))
    app.before_request(resolve_client)
    app.add_url_rule("/", view_func=lambda: str(current_address()))
    return app


def test_the_application_keeps_the_address_of_the_request(caplog: pytest.LogCaptureFixture) -> None:
    headers = {"X-Forwarded-For": "192.0.2.50, 203.0.113.7", "X-Real-IP": "192.0.2.51", "Forwarded": "for=192.0.2.52"}
    client = portal("10.0.0.0/24").test_client()
    assert client.get("/", headers=headers, environ_base={"REMOTE_ADDR": PROXY}).text == "203.0.113.7"
    assert client.get("/", headers=headers, environ_base={"REMOTE_ADDR": "10.0.1.2"}).text == "10.0.1.2"
    assert not caplog.records


def test_what_is_trusted_and_why_there_is_no_address_is_kept_too() -> None:
    with portal("10.0.0.0/24").test_request_context(environ_base={"REMOTE_ADDR": PROXY}):
        resolve_client()
        assert [network.text for network in trusted_networks()] == ["10.0.0.0/24"]
        assert (current_address(), g.client_problem) == (None, "header_missing")
