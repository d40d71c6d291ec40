"""Sign-in: password first, then the list, then the session (R9)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.config import Config, app_object
from webapp.domain.address import Address
from webapp.domain.browser import browser_of
from webapp.guard import csrf, portal_session
from webapp.guard.allowlist_cache import admits
from webapp.guard.client_address import current_address
from webapp.identity import blocked, next_page
from webapp.identity.next_page import safe_next
from webapp.identity.passwords import hash_password, is_outdated, is_right
from webapp.runtime import clock, logs
from webapp.storage import sign_in as stored
from webapp.storage import sign_ins
from webapp.storage.engine.deadlines import deadline_paused
from webapp.storage.sign_in import VerifiedSignIn
from webapp.storage.sign_ins import AccountOfUser, Disabled, PasswordChanged, StoredCredentials
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

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that were left empty."""
        return tuple(name for name, text in (("email", self.email), ("password", self.password)) if not text)


def required() -> Response:
    """Send the visitor to the sign-in page, and afterwards back to where they were going."""
    url = url_for("sign_in.show", next=next_page.present())
    return htmx.redirect(url, status=401) if htmx.is_htmx() else redirect(url, code=303)


@bp.get("/login")
def show() -> Response:
    """Return the sign-in page."""
    return page(safe_next(request.args.get("next", "")))


def page(
    next_path: str,
    *,
    email: str = "",
    problem: str = "",
    missing: tuple[str, ...] = (),
    wait_s: int = 0,
    status: int = 200,
) -> Response:
    """Return the sign-in page with what was typed (never the password), what went wrong, or why one is here."""
    ended = "" if problem else portal_session.why_ended()
    shown = {"next": next_path, "email": email, "problem": problem, "wait_s": wait_s, "ended": ended}
    return htmx.page("identity/sign_in.html", status, **shown, missing=missing, error=status >= 400)


@bp.post("/login")
def submit() -> Response:
    """Sign in: 303 in, 401 wrong, 403 blocked, 429 too often."""
    typed, address = Credentials.from_form(), current_address()
    if typed.missing:
        return incomplete(typed)
    try:
        stored.begin(typed.email, address, limits(), now=clock.now)
        return look(typed, address)
    except Throttled as throttled:
        return too_many(typed, throttled.retry_after)
    except (Disabled, PasswordChanged):
        return wrong(typed)


def look(typed: Credentials, address: Address | None) -> Response:
    """Look at what was typed, once more where another sign-in has given the password a newer hash meanwhile."""
    try:
        return go_on(typed, address)
    except PasswordChanged:
        return go_on(typed, address)


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


def incomplete(typed: Credentials) -> Response:
    """Return 401, and say which field is empty: the same for every user, whom nobody looks up for it (R9)."""
    return page(typed.next, email=typed.email, problem="missing", missing=typed.missing, status=401)


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
    config = app_object(Config)
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
    verified = verified_sign_in(user, account, typed, address)
    reference = stored.block(verified, now=clock.now)
    was_in = portal_session.is_signed_in()
    portal_session.end_present()
    logs.record("blocked", "at_sign_in", who=user.id, reference=reference)
    return blocked.answer(reference, at_sign_in=not was_in)


def let_in(user: StoredCredentials, account: AccountOfUser, typed: Credentials, address: Address | None) -> Response:
    """Start a portal session, with a new id, and go on to where the person was going."""
    session_id = stored.accept(
        verified_sign_in(user, account, typed, address),
        now=clock.now(),
        new_hash=new_hash(user, typed.password),
        replaces=portal_session.current().id if portal_session.is_signed_in() else "",
        bounds=portal_session.bounds(),
    )
    if not portal_session.open_in_browser(session_id):
        return wrong(typed)
    logs.record("sign_in", "in")
    return htmx.see_other(typed.next)


def verified_sign_in(
    user: StoredCredentials, account: AccountOfUser, typed: Credentials, address: Address | None
) -> VerifiedSignIn:
    """Return what is stored of a sign-in whose password was right."""
    browser = browser_of(request.user_agent.string)
    return VerifiedSignIn(
        typed.email, user.id, account.account_id, user.password_hash or "", address, limits(), browser
    )


def new_hash(user: StoredCredentials, password: str) -> str:
    """Return the hash that is to replace the stored one of the password; "" where that is up to date."""
    if not is_outdated(user.password_hash or ""):
        return ""
    with deadline_paused():  # nor while the database is locked
        return hash_password(password)
