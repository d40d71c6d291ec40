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
from werkzeug.wrappers import Response

from webapp.domain.text import printable
from webapp.guard import portal_session
from webapp.guard.open_routes import is_open
from webapp.runtime import logs
from webapp.web import htmx

HEADER = "X-Page-Identity"
FIELD = "page"
NOTICE = "other_identity"
TYPED = {"network": "Network", "comment": "Comment"}


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
    header = request.headers.get(HEADER)
    return ([] if header is None else [header]) + request.form.getlist(FIELD)


def is_other() -> bool:
    """Whether the request comes from a page of another person or account."""
    named = sent()
    expected = present().encode() if named else b""
    return any(not hmac.compare_digest(one.encode(), expected) for one in named)


def require_same_identity() -> Response | None:
    """Refuse a page of another person or account before anything is looked at (R8a).

    After the list's check, and before CSRF's: an old page must never get a fresh token.
    """
    if is_open() or not is_other():
        return None
    logs.record("refused", "other_identity")
    if htmx.is_htmx():
        session[NOTICE] = True
        return htmx.redirect("/", status=409)
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
    typed = [(label, printable(text)) for name, label in TYPED.items() if (text := request.form.get(name, ""))]
    name = "_not_sent" if htmx.is_htmx() else "not_sent"
    return make_response(render_template(f"identity/{name}.html", reason=reason, typed=typed), status)
