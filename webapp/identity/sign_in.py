"""Sign-in: password first, then the list, then the session (R9)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.config import Config
from webapp.domain.address import Address
from webapp.guard import csrf, portal_session
from webapp.guard.allowlist_cache import admits
from webapp.guard.client_address import current_address
from webapp.identity import blocked, next_page
from webapp.identity.next_page import safe_next
from webapp.identity.passwords import hash_password, is_outdated, is_right
from webapp.runtime import clock, logs
from webapp.storage import blocked_attempts, network_rows, sign_ins, throttle, tombstones, write
from webapp.storage import sessions as stored
from webapp.storage.engine.deadlines import deadline_paused
from webapp.storage.sessions import Bounds
from webapp.storage.sign_ins import AccountOfUser, Disabled, StoredCredentials
from webapp.storage.throttle import Limits, Throttled
from webapp.web import htmx

bp = Blueprint("sign_in", __name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was typed; `next` is where to go afterwards, within the site."""

    email: str
    password: str
    next: str

    @classmethod
    def from_form(cls) -> Credentials:
        """Read the form; NUL cannot be stored or compared by PostgreSQL, so it never reaches it."""
        form = request.form
        email = form.get("email", "").strip().replace("\0", "\ufffd")
        return cls(email, form.get("password", ""), safe_next(form.get("next", "")))


def required() -> Response:
    """Send the visitor to the sign-in page, and afterwards back to where they were going."""
    url = url_for("sign_in.show", next=next_page.present())
    return htmx.redirect(url, status=401) if htmx.is_htmx() else redirect(url, code=303)


@bp.get("/login")
def show() -> Response:
    """Return the sign-in page."""
    return page(safe_next(request.args.get("next", "")))


def page(next_path: str, *, email: str = "", problem: str = "", wait_s: int = 0, status: int = 200) -> Response:
    """Return the sign-in page with what was typed (never the password), what went wrong, or why one is here."""
    ended = "" if problem else portal_session.why_ended()
    shown = {"next": next_path, "email": email, "problem": problem, "wait_s": wait_s, "ended": ended}
    return htmx.page("identity/sign_in.html", status, **shown, error=status >= 400)


@bp.post("/login")
def submit() -> Response:
    """Sign in: 303 in, 401 wrong, 403 blocked, 429 too often."""
    typed, address = Credentials.from_form(), current_address()
    client = throttle.client_of(address)
    try:
        write(lambda database: throttle.reserve(database, typed.email, client, limits(), clock.now()))
        return go_on(typed, address)
    except Throttled as throttled:
        return too_many(typed, throttled.retry_after)
    except Disabled:
        return wrong(typed)


def go_on(typed: Credentials, address: Address | None) -> Response:
    """Look at the password, then at the lists; unknown, disabled and wrong cost the same statements and time (R9)."""
    user = sign_ins.find_credentials(typed.email)
    with deadline_paused():
        fits = is_right(typed.password, user.password_hash)
    if not fits or user.is_disabled or not user.accounts:
        return wrong(typed)
    account = next((account for account in user.accounts if admits(account, address)), None)
    if account is None:
        return refuse(user, user.accounts[0], typed, address)
    return let_in(user, account, typed, address)


def wrong(typed: Credentials) -> Response:
    """Return 401."""
    logs.record("sign_in", "wrong")
    return page(typed.next, email=typed.email, problem="wrong", status=401)


@csrf.on_expired_token(submit)
def submit_again() -> Response:
    """Return the sign-in page after a form that was too old or came without a cookie, with the e-mail still there."""
    typed = Credentials.from_form()
    return page(typed.next, email=typed.email, problem=csrf.problem(), status=400)


def limits() -> Limits:
    """Return the limits of sign-ins."""
    config: Config = current_app.extensions["config"]
    return Limits(
        config.sign_in_window,
        pair=config.sign_in_limit_pair,
        client=config.sign_in_limit_client,
        email=config.sign_in_limit_email,
        success=None if config.demo else config.sign_in_limit_success,
    )


def too_many(typed: Credentials, retry_after: int) -> Response:
    """Return 429, whether the password is right or not."""
    logs.record("sign_in", "throttled")
    response = page(typed.next, email=typed.email, problem="throttled", wait_s=retry_after, status=429)
    response.headers["Retry-After"] = str(retry_after)
    return response


def refuse(user: StoredCredentials, account: AccountOfUser, typed: Credentials, address: Address | None) -> Response:
    """Record the attempt and show the blocked page: the password was right, the network is not listed."""

    def work(database: Session) -> str:
        throttle.forget(database, typed.email, client)
        throttle.admit(database, typed.email, client, limits(), clock.now(), throttle.BLOCKED)
        return blocked_attempts.record(
            database,
            account_id=account.account_id,
            user_id=user_id,
            address=address.text if address else None,
            now=clock.now(),
        )

    user_id, client = user.id, throttle.client_of(address)
    reference = write(work)
    portal_session.end_present()
    logs.record("blocked", "at_sign_in", who=user_id, reference=reference)
    return blocked.answer(reference)


def let_in(user: StoredCredentials, account: AccountOfUser, typed: Credentials, address: Address | None) -> Response:
    """Start a portal session, with a new id, and go on to where the person was going."""
    config: Config = current_app.extensions["config"]
    user_id, now, client = user.id, clock.now(), throttle.client_of(address)
    old = user.password_hash or ""
    with deadline_paused():  # nor while the database is locked
        renewed = hash_password(typed.password) if is_outdated(old) else ""

    def work(database: Session) -> str:
        throttle.forget(database, typed.email, client)
        throttle.admit(database, typed.email, client, limits(), now)
        if renewed:
            sign_ins.renew_hash(database, user_id, old, renewed)
        sign_ins.require_enabled(database, user_id)
        sign_ins.purge(database, now)
        tombstones.purge(database, now - config.session_absolute)
        blocked_attempts.purge(database, now)
        if present:
            stored.end(database, present)
        # Sessions before networks, as a change of the list locks them.
        session_id = stored.start(
            database,
            user_id=user_id,
            account_id=account.account_id,
            address=address.text if address else None,
            now=now,
            bounds=Bounds(portal_session.limits(), config.max_sessions_per_user),
        )
        if address is not None:
            network_rows.record_sign_in(database, account.account_id, address, now)
            sign_ins.record(database, account_id=account.account_id, user_id=user_id, address=address, now=now)
        return session_id

    present = portal_session.current().id if portal_session.is_signed_in() else ""
    session_id = write(work)
    if not portal_session.open_in_browser(session_id):
        return wrong(typed)
    logs.record("sign_in", "in")
    return htmx.see_other(typed.next)
