"""What operators do to accounts, tokens, sessions and clients: each act in one transaction. Users: `people`."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.domain.session_end import BY_OPERATOR
from webapp.domain.token_scopes import READ
from webapp.storage import accounts, allowlists, api_tokens, append_only, events, people, sessions, throttle
from webapp.storage.actors import unix_user
from webapp.storage.engine.transactions import write
from webapp.storage.models import Account, User
from webapp.storage.tombstones import EndReason

log = logging.getLogger("portal")


class NotTheOwner(Exception):
    """The database refuses to remove events: its role does not own the tables."""


class NoToken(Exception):
    """The account has no API token of that name."""


class NoOwner(Exception):
    """Nobody with that e-mail is an owner of the account who could sign in."""


def create_account(name: str, now: datetime) -> int:
    """Add an account with an empty, inactive list (R3) and return its id."""

    def work(session: Session) -> int:
        account_id = accounts.create(session, name, now)
        events.note(session, account_id, "account_create", {"account": {"name": name}}, now)
        return account_id

    return write(work)


def rename_account(account_id: int, name: str, now: datetime) -> bool:
    """Give the account another name; return whether it is another one.

    Raises:
        NoAccount: there is no such account.
    """

    def work(session: Session) -> bool:
        events.hold(session, account_id)
        if session.get(Account, account_id) is None:
            raise allowlists.NoAccount
        was = accounts.rename(session, account_id, name)
        if was != name:
            before, after = ({"account": {"name": one}} for one in (was, name))
            events.note(session, account_id, "account_rename", after, now, was=before)
        return was != name

    return write(work)


def remove_account(account_id: int) -> None:
    """Remove the account with all that is its own, its events among it, and log that; users stay (R15).

    Raises:
        NoAccount: there is no such account.
        NotTheOwner: PostgreSQL lets only the role that owns the tables remove events.
    """

    def work(session: Session) -> None:
        allowlists.lock(session, account_id)
        append_only.delete_history(session, account_id)
        session.execute(sa.delete(Account).where(Account.id == account_id))

    try:
        write(work)
    except sa.exc.IntegrityError as error:
        raise NotTheOwner from error
    what = {"event": "change", "outcome": "account_remove", "account": account_id, "by": unix_user()}
    log.info("change", extra=what)


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
    user = people.find(session, email)
    if user is None or user.disabled_at is not None or not accounts.is_owner(session, account_id, user.id):
        raise NoOwner
    return user


def revoke_tokens(account_id: int, name: str, now: datetime) -> int:
    """Delete the account's API tokens of that name; return how many there were.

    Raises:
        NoToken: there is none.
    """

    def work(session: Session) -> int:
        count = api_tokens.delete(session, account_id, name)
        if not count:
            raise NoToken
        gone = {"api_token": {"name": name}}
        events.note(session, account_id, "api_token_revoke", {}, now, was=gone)
        return count

    return write(work)


def clear_throttle_of_client(address: Address) -> int:
    """Forget the failed sign-ins of everybody at the address, and its wrong API tokens; it is logged.

    It is no account's event: nobody knows whose sign-ins they were.
    """
    client = throttle.client_of(address)
    count = write(lambda session: throttle.clear_client(session, client))
    log.info("change", extra={"event": "change", "outcome": "throttle_clear", "client": client, "by": unix_user()})
    return count


def end_all_sessions(now: datetime) -> int:
    """Remove every portal session of every account, some in each transaction; return how many there were.

    It is an event in each account first: whoever is signed out later than that was told why.
    """
    for account_id in accounts.ids():
        write(partial(events.note, account_id=account_id, kind="session_end_all", what={}, now=now))
    why = EndReason(BY_OPERATOR, now)
    ended, after = _end_some("", why)
    while after:
        count, after = _end_some(after, why)
        ended += count
    return ended


def _end_some(after: str, why: EndReason) -> tuple[int, str]:
    return write(lambda session: sessions.end_some(session, after, why))
