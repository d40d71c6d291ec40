"""The demo's bar: from which address this browser appears."""

from __future__ import annotations

from flask import Blueprint, flash, g, request, url_for
from werkzeug.wrappers import Response

from webapp.demo.loopback_lock import require_loopback
from webapp.domain.address import Address, AddressError, parse_address
from webapp.guard import csrf
from webapp.identity.next_page import safe_next
from webapp.web import errors, htmx

bp = Blueprint("demo", __name__, url_prefix="/demo")
COOKIE = "demo_address"
PLACES = {
    "Home": "203.0.113.42",
    "Office": "198.51.100.14",
    "VPN": "192.0.2.20",
    "IPv6": "2001:db8:40::51",
    "Elsewhere": "198.51.100.201",
}
DEFAULT = PLACES["Home"]


def resolve_client() -> None:
    """Take the current address from the bar's cookie, after making sure that nobody else can reach the demo."""
    g.client_address = None  # The page that refuses asks for it.
    require_loopback()
    g.client_address = _parse(request.cookies.get(COOKIE, "")) or parse_address(DEFAULT)


@bp.post("/address")
def set_address() -> Response:
    """Appear from another address from now on, in this browser."""
    address = _parse(request.form.get("address", "").strip())
    target = safe_next(request.form.get("next", ""))
    response = htmx.see_other(target)
    if address is None:
        flash({"text": "That isn’t an address to appear from.", "undo": None}, "allowlist")  # type: ignore[arg-type]
    else:
        response.set_cookie(COOKIE, address.text, httponly=True, samesite="Lax")
    return response


def _parse(text: str) -> Address | None:
    try:
        return parse_address(text)
    except AddressError:
        return None


@csrf.on_expired_token(set_address)
def set_address_again() -> Response:
    """Go back to where the bar was: its form was too old; without cookies that would help nobody."""
    if csrf.problem() == "cookies":
        return errors.page(400, "cookies")
    return htmx.see_other(safe_next(request.form.get("next", "")) if request.form else url_for("sign_in.show"))
