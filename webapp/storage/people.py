"""What operators do to users and memberships: each act in one transaction, with an event in each account (R15)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.domain.session_end import BY_OPERATOR, DISABLED
from webapp.storage import accounts, api_tokens, events, sessions, throttle
from webapp.storage.engine.transactions import write
from webapp.storage.models import User
from webapp.storage.tombstones import EndReason

log = logging.getLogger("portal")


class NoUser(Exception):
    """There is no user with that e-mail."""


class NoMember(Exception):
    """There is no user with that e-mail in the account."""


class LastOwner(Exception):
    """The account would be left without an owner who may sign in; it is the exception's argument."""


class Joined(NamedTuple):
    """Whether the membership is new; `kept_name` is the name of a user who was there before, else None."""

    is_new: bool
    kept_name: str | None


class Removed(NamedTuple):
    """How many portal sessions and API tokens went with a membership."""

    sessions: int
    tokens: int


def create_user(account_id: int, email: str, name: str, password_hash: str, role: str, now: datetime) -> Joined:
    """Give the user with that e-mail a role in the account; one who is not there yet is added with name and hash."""

    def work(session: Session) -> Joined:
        found = accounts.find_user(session, email)
        kept = found.name if found else None
        user_id = found.id if found else accounts.create_user(session, email, name, password_hash, now)
        is_new = accounts.join(session, account_id, user_id, role)
        if is_new:
            what = {"user": {"user_id": user_id, "email": email, "name": kept or name, "role": role}}
            events.note(session, account_id, "user_create", what, now)
        return Joined(is_new, kept)

    return write(work)


def set_role(account_id: int, email: str, role: str, now: datetime) -> bool:
    """Give the account's user another role; return whether it is another one.

    Raises:
        NoMember: there is no user with that e-mail in the account.
        LastOwner: they are the last owner who may sign in.
    """

    def work(session: Session) -> bool:
        found = find(session, email)
        events.hold(session, account_id)  # before the membership, as a change of the list does
        if found and role != "owner":
            _require_another_owner(session, account_id, found.id)
        was = accounts.set_role(session, account_id, found.id, role) if found else None
        if found is None or was is None:
            raise NoMember
        if was != role:
            what, before = ({"user": _facts(found) | {"role": one}} for one in (role, was))
            events.note(session, account_id, "user_role", what, now, was=before)
        return was != role

    return write(work)


def remove(account_id: int, email: str, now: datetime) -> Removed:
    """End the user's membership of the account, their sessions there, and the API tokens that act for them (R18).

    Raises:
        NoMember: there is no user with that e-mail in the account.
        LastOwner: they are the last owner who may sign in.
    """

    def work(session: Session) -> Removed:
        found = find(session, email)
        events.hold(session, account_id)
        role = accounts.role_of(session, account_id, found.id) if found else None
        if found is None or role is None:
            raise NoMember
        _require_another_owner(session, account_id, found.id)
        ended = sessions.end_all_of(session, found.id, EndReason(BY_OPERATOR, now), account_id)
        accounts.leave(session, account_id, found.id)
        tokens = api_tokens.delete_of(session, account_id, found.id)
        for name in tokens:
            events.note(session, account_id, "api_token_revoke", {}, now, was={"api_token": {"name": name}})
        events.note(session, account_id, "user_remove", {}, now, was={"user": _facts(found) | {"role": role}})
        return Removed(ended, len(tokens))

    return write(work)


def end_sessions(email: str, now: datetime) -> int:
    """End all portal sessions of the user; return how many there were.

    Raises:
        NoUser: there is no user with that e-mail.
    """

    return _act(email, "user_end_sessions", lambda session, found: _end_sessions(session, found, now), now)


def clear_throttle(email: str, now: datetime) -> int:
    """Forget the failed sign-ins of the user; return how many counters there were.

    Raises:
        NoUser: there is no user with that e-mail.
    """

    return _act(email, "throttle_clear", lambda session, found: throttle.clear_email(session, found.email), now)


def set_password(email: str, password_hash: str, now: datetime) -> int:
    """Give the user another password; return how many portal sessions ended: whoever knew the old one is out.

    Raises:
        NoUser: there is no user with that e-mail.
    """

    def change(session: Session, found: User) -> int:
        accounts.set_password(session, found.id, password_hash)
        return _end_sessions(session, found, now)

    return _act(email, "user_password", change, now)


def set_disabled(email: str, *, disabled: bool, now: datetime) -> int:
    """Disable or enable the user; return how many portal sessions ended.

    Enabling ends the sessions of a user who was disabled by SQL: they would be valid again.

    Raises:
        NoUser: there is no user with that e-mail.
        LastOwner: they are the last owner of an account who may sign in.
    """
    kind = "user_disable" if disabled else "user_enable"

    def work(session: Session) -> int:
        found = find(session, email)
        if found is None:
            raise NoUser
        for account_id in accounts.owned_by(session, found.id) if disabled else ():
            events.hold(session, account_id)  # before the user, as whoever takes an owner away
        is_new = accounts.set_disabled(session, found.id, disabled=disabled, now=now)
        for account_id in accounts.owned_by(session, found.id) if disabled and is_new else ():
            events.hold(session, account_id)  # those of the first look, and what was added until the user was locked
            _require_another_owner(session, account_id, found.id)
        if is_new:
            _note_everywhere(session, found, kind, {"disabled": disabled}, now)
        return sessions.end_all_of(session, found.id, EndReason(DISABLED, now)) if is_new or disabled else 0

    return write(work)


def find(session: Session, email: str) -> User | None:
    """Return the user with that e-mail, however it is spelled."""
    return accounts.find_user(session, email) if email.isprintable() else None


def _act(email: str, kind: str, act: Callable[[Session, User], int], now: datetime) -> int:
    """Do something to the user, with an event of that kind in each of their accounts. Raises NoUser."""

    def work(session: Session) -> int:
        found = find(session, email)
        if found is None:
            raise NoUser
        _note_everywhere(session, found, kind, {}, now)
        return act(session, found)

    return write(work)


def _end_sessions(session: Session, found: User, now: datetime) -> int:
    return sessions.end_all_of(session, found.id, EndReason(BY_OPERATOR, now))


def _require_another_owner(session: Session, account_id: int, user_id: int) -> None:
    """Refuse to take an owner of the account, which is locked, away, where nobody would own it who may sign in."""
    if accounts.is_owner(session, account_id, user_id) and not accounts.has_another_owner(session, account_id, user_id):
        raise LastOwner(account_id)


def _facts(user: User) -> dict[str, object]:
    return {"user_id": user.id, "email": user.email, "name": user.name}


def _note_everywhere(session: Session, user: User, kind: str, what: dict[str, object], now: datetime) -> None:
    """Add the event of what was done to the user to each of their accounts; without one it is logged only (R15)."""
    if not events.note_everywhere(session, user.id, kind, {"user": _facts(user) | what}, now):
        log.info("change", extra={"event": "change", "outcome": kind, "of_user": user.id})
