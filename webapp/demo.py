"""The demo: sample accounts, and a bar that sets the address you appear from. Never in production.

Three locks: it does not start with PUBLIC_URL or TRUSTED_PROXIES (config), it is not registered without DEMO
(create_app), and every request is refused unless peer and Host are loopback and nothing was forwarded.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address

import click
from flask import Blueprint, Flask, abort, current_app, flash, g, request, url_for
from flask.cli import AppGroup
from werkzeug.wrappers import Response

from webapp.domain.address import Address, AddressError, parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import Network
from webapp.guard import csrf, open_routes
from webapp.identity.next_page import safe_next
from webapp.identity.passwords import hash_password
from webapp.runtime import clock
from webapp.storage import accounts, allowlists, sample_data
from webapp.storage.events import Actor
from webapp.storage.sample_data import Visit
from webapp.web import errors, htmx

bp = Blueprint("demo", __name__, url_prefix="/demo")
commands = AppGroup("demo", help="Sample data for DEMO=1.")
COOKIE = "demo_address"
PASSWORD = "correct horse demo"  # noqa: S105 - printed for everybody, useless elsewhere
PLACES = {
    "Home": "203.0.113.42",
    "Office": "198.51.100.14",
    "VPN": "192.0.2.20",
    "IPv6": "2001:db8:40::51",
    "Elsewhere": "198.51.100.201",
}
DEFAULT = PLACES["Home"]
FORWARDING = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
PEOPLE = {
    "Halden Freight": (
        ("dana@halden.example", "Dana Kessler", "owner"),
        ("mara@halden.example", "Mara Osei", "owner"),
        ("sanne@halden.example", "Sanne Li", "member"),
        ("ilya@halden.example", "Ilya Brandt", "member"),
    ),
    "Northwind Labs": (
        ("ola@northwind.example", "Ola Berg", "owner"),
        ("timo@northwind.example", "Timo Vale", "member"),
    ),
}
BLOCKED_BEFORE = (3, 9, 14, 5, 2, 1, 0, 1, 3, 0, 0, 4, 1, 2)  # attempts by days ago
NETWORKS = (
    ("198.51.100.77/32", "CI runner bastion"),
    ("2001:db8:40::/48", "Corporate VPN (IPv6)"),
    ("192.0.2.16/28", "Corporate VPN"),
    ("198.51.100.0/25", "Rotterdam office"),
)


def init_app(app: Flask) -> None:
    """Register the bar, the loopback lock in front of it, and the commands."""
    open_routes.open_route(app, "demo.set_address")
    app.jinja_env.globals |= {"demo_places": PLACES, "demo_people": PEOPLE, "demo_password": PASSWORD}
    app.register_blueprint(bp)
    app.cli.add_command(commands)


def resolve_client() -> None:
    """Take the current address from the bar's cookie, after making sure that nobody else can reach the demo."""
    g.client_address = None  # The page that says no asks for it.
    if not (_is_loopback(request.remote_addr) and _is_loopback_host() and not _is_forwarded()):
        abort(403)
    g.client_address = _parse(request.cookies.get(COOKIE, "")) or parse_address(DEFAULT)


@bp.post("/address")
def set_address() -> Response:
    """Appear from another address from now on, in this browser."""
    address = _parse(request.form.get("address", "").strip())
    target = safe_next(request.form.get("next", ""))
    response = htmx.see_other(target)
    if address is None:
        flash({"text": "That isn't an address to appear from.", "undo": None}, "allowlist")  # type: ignore[arg-type]
    else:
        response.set_cookie(COOKIE, address.text, httponly=True, samesite="Lax")
    return response


def _parse(text: str) -> Address | None:
    try:
        return parse_address(text)
    except AddressError:
        return None


def _is_loopback(text: str | None) -> bool:
    address = _parse(text or "")
    return address is not None and ip_address(address.text).is_loopback


def _is_loopback_host() -> bool:
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    return host == "localhost" or _is_loopback(host.strip("[]"))


def _is_forwarded() -> bool:
    return any(name in request.headers for name in FORWARDING)


@commands.command("seed")
def seed() -> None:
    """Fill an empty database with two accounts; print how to sign in."""
    if not accounts.find(1):
        for account_name, people in PEOPLE.items():
            _seed_account(account_name, people)
    port = current_app.config.get("DEMO_PORT")
    click.echo(f"\nDemo: the password of everybody is “{PASSWORD}”." + (f" Port {port}." if port else ""))
    for account_name, people in PEOPLE.items():
        for email, name, role in people:
            click.echo(f"  {email:24} {role:7} {name}, {account_name}")
    click.echo("")


def _seed_account(account_name: str, people: tuple[tuple[str, str, str], ...]) -> None:
    created_at = clock.now() - timedelta(days=60)
    account_id, user_ids = sample_data.create_account(account_name, people, hash_password(PASSWORD), created_at)
    owner = Actor(people[0][1], user_ids[0])
    for days, (text, comment) in enumerate(NETWORKS if account_id == 1 else NETWORKS[:1]):
        _seed_network(account_id, owner, (text, comment), created_at + timedelta(days=3 + days))
    sample_data.add_history(account_id, _sign_ins(user_ids), _blocked_before(user_ids))


def _seed_network(account_id: int, owner: Actor, entry: tuple[str, str], at: datetime) -> None:
    text, comment = entry

    def add(present: Allowlist) -> Allowlist:
        return present.add(Network.from_canonical(text), comment)

    allowlists.changing(account_id, owner, "add", add, now=lambda: at)


def _sign_ins(user_ids: list[int]) -> list[Visit]:
    """Return sign-ins of the last weeks."""
    places = (("Home", 1), ("Office", 0), ("VPN", 19), ("IPv6", 6))
    return [
        Visit(user_id, parse_address(PLACES[place]), clock.now() - timedelta(days=days))
        for user_id, (place, days) in zip(user_ids, places, strict=False)
    ]


def _blocked_before(user_ids: list[int]) -> list[Visit]:
    """Return attempts from when the list was in effect before."""
    return [
        Visit(
            user_ids[-1 - number % 2],
            parse_address(PLACES["Elsewhere"] if number % 3 else "2001:db8:77::5"),
            clock.now() - timedelta(days=days),
        )
        for days, count in enumerate(BLOCKED_BEFORE)
        for number in range(count)
    ]


@csrf.on_expired_token(set_address)
def set_address_again() -> Response:
    """Go back to where the bar was: its form was too old; without cookies that would help nobody."""
    if csrf.problem() == "cookies":
        return errors.page(400, "cookies")
    return htmx.see_other(safe_next(request.form.get("next", "")) if request.form else url_for("sign_in.show"))
