"""What operators do to accounts, users, tokens and sessions: each act in one transaction, with its event."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.domain.session_end import BY_OPERATOR, DISABLED
from webapp.domain.token_scopes import READ
from webapp.storage import accounts, api_tokens, events, sessions
from webapp.storage.engine.transactions import write
from webapp.storage.models import User
from webapp.storage.tombstones import EndReason


class NoUser(Exception):
    """There is no user with that e-mail."""


class NoOwner(Exception):
    """Nobody with that e-mail is an owner of the account who could sign in."""


class Joined(NamedTuple):
    """Whether the membership is new; `kept_name` is the name of a user who was there before, else None."""

    is_new: bool
    kept_name: str | None


def create_account(name: str, now: datetime) -> int:
    """Add an account with an empty, inactive list (R3) and return its id."""
    return write(lambda session: accounts.create(session, name, now))


def create_user(account_id: int, email: str, name: str, password_hash: str, role: str, now: datetime) -> Joined:
    """Give the user with that e-mail a role in the account; one who is not there yet is added with name and hash."""

    def work(session: Session) -> Joined:
        found = accounts.find_user(session, email)
        kept = found.name if found else None
        user_id = found.id if found else accounts.create_user(session, email, name, password_hash, now)
        is_new = accounts.join(session, account_id, user_id, role)
        if is_new:
            what = {"user": {"user_id": user_id, "email": email, "role": role}}
            events.note(session, account_id, "user_create", what, now)
        return Joined(is_new, kept)

    return write(work)


def set_disabled(email: str, *, disabled: bool, now: datetime) -> int:
    """Disable or enable the user; return how many portal sessions ended.

    Enabling ends the sessions of a user who was disabled by SQL: they would be valid again.

    Raises:
        NoUser: there is no user with that e-mail.
    """
    kind = "user_disable" if disabled else "user_enable"

    def work(session: Session) -> int:
        found = accounts.find_user(session, email) if email.isprintable() else None
        if found is None:
            raise NoUser
        is_new = accounts.set_disabled(session, found.id, disabled=disabled, now=now)
        if is_new:
            what = {"user": {"user_id": found.id, "email": found.email, "disabled": disabled}}
            events.note_everywhere(session, found.id, kind, what, now)
        return sessions.end_all_of(session, found.id, EndReason(DISABLED, now)) if is_new or disabled else 0

    return write(work)


def create_token(
    account_id: int, name: str, now: datetime, *, scopes: tuple[str, ...] = (READ,), owner: str | None = None
) -> str:
    """Add an API token to the account and return it: only its hash is stored. `owner`: the e-mail of whom it acts for.

    Raises:
        NoOwner: nobody with that e-mail is an owner of the account, or they are disabled.
    """

    def work(session: Session) -> str:
        what: dict[str, object] = {"name": name}
        user = None if owner is None else _owner(session, account_id, owner)
        if user is not None:
            what |= {"scopes": list(scopes), "owner": {"user_id": user.id, "email": user.email}}
        events.note(session, account_id, "api_token_create", {"api_token": what}, now)
        return api_tokens.create(
            session, account_id, name, now, scopes=scopes, owner_id=None if user is None else user.id
        )

    return write(work)


def _owner(session: Session, account_id: int, email: str) -> User:
    user = accounts.find_user(session, email) if email.isprintable() else None
    if user is None or user.disabled_at is not None or not accounts.is_owner(session, account_id, user.id):
        raise NoOwner
    return user


def end_all_sessions(now: datetime) -> int:
    """Remove every portal session of every account, some in each transaction; return how many there were."""
    why = EndReason(BY_OPERATOR, now)
    ended, after = _end_some("", why)
    while after:
        count, after = _end_some(after, why)
        ended += count
    return ended


def _end_some(after: str, why: EndReason) -> tuple[int, str]:
    return write(lambda session: sessions.end_some(session, after, why))
