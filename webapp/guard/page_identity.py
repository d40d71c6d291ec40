"""Page identity: for whom, and in which account, a page was made (R8a).

A browser has one sign-in and many tabs. A page of one person or account must not act, or be filled, in another's
name: every request that says whose page it comes from is compared with who is signed in by now.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from flask import Flask, current_app, g, make_response, render_template, request, session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.config import Config, app_object
from webapp.domain.text import printable_lines
from webapp.guard import portal_session
from webapp.guard.open_routes import is_forward_auth, is_open
from webapp.runtime import logs
from webapp.web import htmx

HEADER = "X-Page-Identity"
FIELD = "page"
NOTICE = "other_identity"
TYPED = {"network": "Network", "comment": "Comment", "text": "Networks"}


def init_app(app: Flask) -> None:
    """Let templates name the page's identity, and say once that a page of another one did nothing."""
    app.jinja_env.globals |= {"page_identity": present, "other_identity_notice": take_notice}


def of(user_id: int, account_id: int) -> str:
    """Return the opaque identity of a person's pages in an account: 128 bits of a keyed hash, as text."""
    return _of(str(current_app.secret_key), user_id, account_id)


@lru_cache(maxsize=1_000)
def _of(key: str, user_id: int, account_id: int) -> str:
    message = f"page identity\n{user_id}\n{account_id}".encode()
    digest = hmac.digest(key.encode(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def present() -> str:
    """Return the identity of the signed-in person's pages; empty where nobody is signed in."""
    known, present_session = g.get("page_identity"), portal_session.find()
    if present_session is None:
        return ""
    if known is None or known[0] is not present_session:  # A page with 50 rows asks a hundred times.
        known = g.page_identity = present_session, of(present_session.user_id, present_session.account_id)
    return str(known[1])


def sent() -> list[str]:
    """Return the identities that the request names: htmx's header, the form's field."""
    return sent_by_header() + request.form.getlist(FIELD)


def sent_by_header() -> list[str]:
    """Return the identity that htmx's header names, which is known before the form is read."""
    header = request.headers.get(HEADER)
    return [] if header is None else [header]


def is_other(named: list[str] | None = None) -> bool:
    """Whether one of the identities that the request names (by default all) is another one than the present."""
    named = sent() if named is None else named
    expected = present().encode() if named else b""
    return any(not hmac.compare_digest(one.encode(), expected) for one in named)


def require_same_identity() -> Response | None:
    """Refuse a page of another person or account before anything is looked at (R8a).

    After the list's check, and before CSRF's: an old page must never get a fresh token.
    """
    return None if is_open() or is_forward_auth() else refuse_other(sent())


def refuse_other(named: list[str]) -> Response | None:
    """Refuse a request that names another identity than the present one."""
    if not is_other(named):
        return None
    logs.record("refused", "other_identity")
    if htmx.is_htmx():
        session[NOTICE] = True
        return htmx.redirect(app_object(Config).overview, status=409)
    return not_sent("other_identity", 409)


def take_notice() -> bool:
    """Whether this page has to say that an old one did nothing, once.

    Under a key of its own: flashed messages are for the page that they were made for.
    """
    return bool(session.pop(NOTICE, None))


def not_sent(reason: str, status: int) -> Response:
    """Return the page that says who is signed in and that nothing was done, and shows the typed text, to copy.

    It holds no form: the person opens the page again first, and sees what a form would change.
    """
    typed = [(label, printable_lines(text)) for name, label in TYPED.items() if (text := _typed(name))]
    name = "_not_sent" if htmx.is_htmx() else "not_sent"
    return make_response(render_template(f"identity/{name}.html", reason=reason, typed=typed), status)


def _typed(name: str) -> str:
    """Return what was typed into a field; nothing of a form that is not read, because it is too large."""
    try:
        return request.form.get(name, "")
    except RequestEntityTooLarge:
        return ""
