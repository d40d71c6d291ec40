"""A form whose connection ended before its end is no form: 400, and nothing of it is done."""

from __future__ import annotations

import io

import pytest

from tests.support.client import BASE, Browser, Portal
from tests.support.quick import start_session
from tests.support.world import HOME


@pytest.fixture
def dana(portal: Portal) -> Browser:
    """Dana, signed in at home."""
    return Browser(portal.app, HOME, start_session(portal.app, portal.world.halden, portal.world.users["dana"], HOME))


def test_a_form_cut_off_at_any_byte_changes_nothing(portal: Portal, dana: Browser) -> None:
    body = f"csrf_token={dana.csrf_token()}&comment=Office&network=203.0.113.100".encode()
    headers = {"X-Forwarded-For": HOME}
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(body))}
    for end in range(len(body)):
        part = environ | {"wsgi.input": io.BytesIO(body[:end])}
        answer = dana.client.post(
            f"{BASE}/networks",
            content_type="application/x-www-form-urlencoded",
            headers=headers,
            environ_overrides=part,
        )
        assert answer.status_code == 400, body[:end]
    assert portal.networks() == []
    whole = environ | {"wsgi.input": io.BytesIO(body)}
    dana.client.post(
        f"{BASE}/networks",
        content_type="application/x-www-form-urlencoded",
        headers=headers,
        environ_overrides=whole,
    )
    assert portal.networks() == ["203.0.113.100/32"]
