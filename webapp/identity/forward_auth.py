"""Forward auth: a proxy asks whether the browser before it may be here, for an application behind the same list.

nginx' `auth_request`, Caddy's `forward_auth` and Traefik's `forwardAuth` ask with the browser's own cookie, and go on
where the answer is 2xx. Session, list and use are what they are for every route of the portal; only the answers differ.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from webapp.guard import portal_session
from webapp.guard.client_address import current_address
from webapp.guard.open_routes import is_forward_auth
from webapp.identity import blocked
from webapp.web import errors

bp = Blueprint("forward_auth", __name__)
PRINTABLE = "".join(map(chr, range(0x21, 0x7F))).replace("%", "")


@bp.get("/auth/check")
def check() -> Response:
    """Return 204 and who it is: whoever is not signed in, or not let in, has been answered before (R8)."""
    session = portal_session.current()
    response = Response(status=204)
    response.headers["X-Portal-User"] = str(session.user_id)
    response.headers["X-Portal-Email"] = as_header(session.email)
    response.headers["X-Portal-Account"] = str(session.account_id)
    response.headers["X-Portal-Role"] = session.role
    return response


def required() -> Response:
    """Return 401; the cookie stays, so that the sign-in page can say why the session is over."""
    return Response(status=401)


def put_out() -> ResponseReturnValue:
    """End the portal session, record the attempt and return 403, with the cookie that the blocked page reads (R8)."""
    return errors.handled(_end)


def _end() -> Response:
    blocked.keep(blocked.end(portal_session.current(), current_address()))
    return Response(status=403)


def bare(response: Response) -> Response:
    """Leave nothing to show, and nowhere to go, in an answer to a proxy: what the browser sees is up to it."""
    if not is_forward_auth():
        return response
    response.set_data(b"")
    for name in ("Content-Type", "Location", "HX-Redirect"):
        response.headers.pop(name, None)
    return response


def as_header(text: str) -> str:
    """Return a text as a header can carry it: UTF-8, percent-encoded but for printable ASCII (RFC 3986 2.1)."""
    return quote(text, safe=PRINTABLE)
