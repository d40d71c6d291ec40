"""The transactions of a sign-in: counted in advance, then the session or the blocked attempt (R9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.storage import access, blocked_attempts, network_rows, sessions, sign_ins, throttle, tombstones, uses
from webapp.storage.engine.transactions import write
from webapp.storage.sessions import Bounds
from webapp.storage.sign_ins import require_unchanged
from webapp.storage.throttle import Limits, client_of


@dataclass(frozen=True, slots=True)
class VerifiedSignIn:
    """A sign-in whose password was right: the e-mail as typed, who, to which account, from where, in which browser.

    `password_hash` is the stored one that the password fits.
    `limits` are those of the throttle. `browser` is words for people, empty where it is not known.
    """

    email: str
    user_id: int
    account_id: int
    password_hash: str
    address: Address | None
    limits: Limits
    browser: str = ""

    @property
    def client(self) -> str:
        """What the throttle calls the client."""
        return client_of(self.address)

    @property
    def address_text(self) -> str | None:
        """The address as it is stored."""
        return self.address.text if self.address else None


def begin(email: str, address: Address | None, limits: Limits, *, now: Callable[[], datetime]) -> None:
    """Count the sign-in as a failure before the password is looked at; `accept` and `block` take that back.

    Raises:
        Throttled: a limit is reached; nothing is counted.
        Unavailable: the database could not do it now.
    """
    client = client_of(address)
    write(lambda session: throttle.reserve(session, email, client, limits, now()))


def block(verified: VerifiedSignIn, *, now: Callable[[], datetime]) -> str:
    """Record that the list has not let the person in, and return the reference of the attempt.

    Raises:
        Throttled: too many of them; nothing is recorded.
        Disabled, PasswordChanged: as for `accept`.
        Unavailable: the database could not do it now.
    """

    def work(session: Session) -> str:
        throttle.forget(session, verified.email, verified.client)
        throttle.admit(session, verified.email, verified.client, verified.limits, now(), throttle.BLOCKED)
        require_unchanged(session, verified.user_id, verified.account_id, verified.password_hash)
        return blocked_attempts.record(
            session,
            account_id=verified.account_id,
            user_id=verified.user_id,
            address=verified.address_text,
            now=now(),
        )

    return write(work)


def accept(verified: VerifiedSignIn, *, now: datetime, new_hash: str, replaces: str, bounds: Bounds) -> str:
    """Start a portal session and return its id; a batch of expired rows of each kind is purged, too.

    `new_hash` is to replace the password's hash, if there is one. `replaces`: the id of the portal session that this
    browser was signed in by, or nothing.

    Raises:
        Throttled: too many successes; nothing is changed.
        Disabled: the user has been disabled or removed meanwhile; nothing is changed.
        PasswordChanged: the user has been given another password meanwhile, or another hash; nothing is changed.
        Unavailable: the database could not do it now.
    """

    def work(session: Session) -> str:
        throttle.forget(session, verified.email, verified.client)
        throttle.admit(session, verified.email, verified.client, verified.limits, now)
        require_unchanged(session, verified.user_id, verified.account_id, verified.password_hash)
        if new_hash:
            sign_ins.set_hash(session, verified.user_id, new_hash)
        _purge_all(session, now, bounds)
        if replaces:
            sessions.end(session, replaces)
        # Sessions before networks, as a change of the list locks them.
        session_id = sessions.start(
            session,
            user_id=verified.user_id,
            account_id=verified.account_id,
            address=verified.address_text,
            now=now,
            bounds=bounds,
            browser=verified.browser,
        )
        remember(session, account_id=verified.account_id, user_id=verified.user_id, address=verified.address, now=now)
        return session_id

    return write(work)


def _purge_all(session: Session, now: datetime, bounds: Bounds) -> None:
    sign_ins.purge(session, now)
    uses.purge(session, now)
    access.purge(session, now)
    tombstones.purge(session, now - bounds.limits.absolute)
    blocked_attempts.purge(session, now)


def remember(session: Session, *, account_id: int, user_id: int, address: Address | None, now: datetime) -> None:
    """Record a sign-in, and from where, where there is a trustworthy address."""
    access.record_sign_in(session, account_id=account_id, user_id=user_id, address=address, now=now)
    if address is not None:
        network_rows.record_sign_in(session, account_id, address, now)
        sign_ins.record(session, account_id=account_id, user_id=user_id, address=address, now=now)
        uses.record(session, account_id=account_id, user_id=user_id, address=address, now=now)
