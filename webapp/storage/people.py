"""What operators do to users and memberships: each act in one transaction, with an event in each account (R15)."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.domain.session_end import BY_OPERATOR, DISABLED
from webapp.storage import accounts, events, sessions
from webapp.storage.engine.transactions import write
from webapp.storage.models import User
from webapp.storage.tombstones import EndReason

log = logging.getLogger("portal")


class NoUser(Exception):
    """There is no user with that e-mail."""


class NoMember(Exception):
    """There is no user with that e-mail in the account."""


class Joined(NamedTuple):
    """Whether the membership is new; `kept_name` is the name of a user who was there before, else None."""

    is_new: bool
    kept_name: str | None


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
    """

    def work(session: Session) -> bool:
        found = find(session, email)
        events.hold(session, account_id)  # before the membership, as a change of the list does
        was = accounts.set_role(session, account_id, found.id, role) if found else None
        if found is None or was is None:
            raise NoMember
        if was != role:
            of_user = {"user_id": found.id, "email": found.email, "name": found.name}
            what, before = ({"user": of_user | {"role": one}} for one in (role, was))
            events.note(session, account_id, "user_role", what, now, was=before)
        return was != role

    return write(work)


def set_password(email: str, password_hash: str, now: datetime) -> int:
    """Give the user another password; return how many portal sessions ended: whoever knew the old one is out.

    Raises:
        NoUser: there is no user with that e-mail.
    """

    def work(session: Session) -> int:
        found = find(session, email)
        if found is None:
            raise NoUser
        accounts.set_password(session, found.id, password_hash)
        _note_everywhere(session, found, "user_password", {}, now)
        return sessions.end_all_of(session, found.id, EndReason(BY_OPERATOR, now))

    return write(work)


def set_disabled(email: str, *, disabled: bool, now: datetime) -> int:
    """Disable or enable the user; return how many portal sessions ended.

    Enabling ends the sessions of a user who was disabled by SQL: they would be valid again.

    Raises:
        NoUser: there is no user with that e-mail.
    """
    kind = "user_disable" if disabled else "user_enable"

    def work(session: Session) -> int:
        found = find(session, email)
        if found is None:
            raise NoUser
        is_new = accounts.set_disabled(session, found.id, disabled=disabled, now=now)
        if is_new:
            _note_everywhere(session, found, kind, {"disabled": disabled}, now)
        return sessions.end_all_of(session, found.id, EndReason(DISABLED, now)) if is_new or disabled else 0

    return write(work)


def find(session: Session, email: str) -> User | None:
    """Return the user with that e-mail, however it is spelled."""
    return accounts.find_user(session, email) if email.isprintable() else None


def _note_everywhere(session: Session, user: User, kind: str, what: dict[str, object], now: datetime) -> None:
    """Add the event of what was done to the user to each of their accounts; without one it is logged only (R15)."""
    of_user = {"user_id": user.id, "email": user.email, "name": user.name}
    if not events.note_everywhere(session, user.id, kind, {"user": of_user | what}, now):
        log.info("change", extra={"event": "change", "outcome": kind, "of_user": user.id})
