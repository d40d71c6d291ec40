"""What is signed with SECRET_KEY: with HMAC-SHA-256, and nothing that is signed more weakly is accepted."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.support.client import COOKIE, Portal
from webapp.settings.allowlist.views import undo


def test_the_cookie_a_forms_token_and_an_undo_link_are_signed_with_sha_256(portal: Portal) -> None:
    dana = portal.signed_in_by_page()
    with portal.app.app_context():
        undo_link = undo.token_of(1, None)
    for signed in (dana.cookie, dana.csrf_token(), undo_link):
        assert len(signed.rpartition(".")[2]) == 43, signed  # 256 bits as base64; SHA-1's 160 are 27


def test_a_cookie_that_is_signed_with_sha_1_is_worthless(portal: Portal) -> None:
    dana = portal.signed_in_by_page()
    content = reads(portal.app, portal.app.session_interface, dana.cookie)
    weaker = SecureCookieSessionInterface().get_signing_serializer(portal.app)
    assert weaker is not None
    thief = portal.browser()
    thief.client.set_cookie(COOKIE, str(weaker.dumps(content)))
    assert thief.get("/").location == "/login?next=/"
    assert dana.get("/").status == 200


def reads(app: Flask, interface: object, cookie: str) -> object:
    """Return what the cookie says, to whoever may read it."""
    assert isinstance(interface, SecureCookieSessionInterface)
    serializer = interface.get_signing_serializer(app)
    assert serializer is not None
    return serializer.loads(cookie)
