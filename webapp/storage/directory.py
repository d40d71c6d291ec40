"""What operators list: accounts, users, their roles and sessions, and API tokens. Nothing here is a secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webapp.domain.email_address import canonical_email
from webapp.domain.session_end import Limits
from webapp.storage import sessions
from webapp.storage.engine.database import db
from webapp.storage.models import Account, ApiToken, Membership, NetworkRow, PortalSessionRow, SignIn, User

Facts = dict[str, Any]


def accounts() -> list[Facts]:
    """Return all accounts, in the order of their ids."""
    return _facts(_ACCOUNTS.order_by(Account.id))


def account(account_id: int) -> Facts | None:
    """Return the account, or None."""
    return next(iter(_facts(_ACCOUNTS.where(Account.id == account_id))), None)


def users(account_id: int, limits: Limits, now: datetime) -> list[Facts]:
    """Return the people of an account, in the order of their e-mails."""
    return _facts(_members(limits, now).where(Membership.account_id == account_id).order_by(User.email))


def user(email: str, limits: Limits, now: datetime) -> Facts | None:
    """Return the user with that e-mail, with a line for each account of theirs, or None."""
    query = sa.select(User.id, User.email, User.name, User.created_at, User.disabled_at)
    found = _facts(query.where(User.email == canonical_email(email))) if email.isprintable() else []
    if not found:
        return None
    of_accounts = _facts(_members(limits, now).where(User.id == found[0]["id"]).order_by(Membership.id))
    kept = ("account_id", "account", "role", "last_sign_in_at", "live_sessions")
    return found[0] | {"accounts": [{name: one[name] for name in kept} for one in of_accounts]}


def api_tokens(account_id: int) -> list[Facts]:
    """Return the account's API tokens, without what opens anything; `ended`: whom it acts for owns it no more."""
    ended = ApiToken.owner_id.is_not(None) & (Membership.id.is_(None) | User.disabled_at.is_not(None))
    owns = sa.and_(
        Membership.account_id == ApiToken.account_id, Membership.user_id == User.id, Membership.role == sessions.OWNER
    )
    query = (
        sa.select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.scopes,
            User.email.label("owner"),
            ApiToken.created_at,
            ended.label("ended"),
        )
        .outerjoin(User, User.id == ApiToken.owner_id)
        .outerjoin(Membership, owns)
        .where(ApiToken.account_id == account_id)
        .order_by(ApiToken.id)
    )
    return [one | {"scopes": one["scopes"].split(), "ended": bool(one["ended"])} for one in _facts(query)]


def _counted(column: sa.SQLColumnExpression[Any], *where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.select(sa.func.count(column)).where(*where).correlate(Account).scalar_subquery()


_ACCOUNTS = sa.select(
    Account.id,
    Account.name,
    Account.created_at,
    Account.allowlist_active,
    _counted(NetworkRow.id, NetworkRow.account_id == Account.id).label("networks"),
    _counted(Membership.id, Membership.account_id == Account.id).label("users"),
    _counted(Membership.id, Membership.account_id == Account.id, Membership.role == sessions.OWNER).label("owners"),
)


def _members(limits: Limits, now: datetime) -> sa.Select[Any]:
    row = PortalSessionRow
    theirs = (row.account_id == Membership.account_id, row.user_id == Membership.user_id)
    live = sa.select(sa.func.count()).select_from(row).where(*theirs, *sessions.are_alive(limits.alive(now)))
    last = sa.select(sa.func.max(SignIn.last_at)).where(
        SignIn.account_id == Membership.account_id, SignIn.user_id == Membership.user_id
    )
    return (
        sa.select(
            User.id,
            User.email,
            User.name,
            Membership.account_id,
            Account.name.label("account"),
            Membership.role,
            User.disabled_at,
            last.correlate(Membership).scalar_subquery().label("last_sign_in_at"),
            live.correlate(Membership).scalar_subquery().label("live_sessions"),
        )
        .join(Membership, Membership.user_id == User.id)
        .join(Account, Account.id == Membership.account_id)
    )


def _facts(query: sa.Executable) -> list[Facts]:
    return [_told(row) for row in db.session.execute(query).mappings()]


def _told(row: Mapping[Any, Any]) -> Facts:
    return {str(name): one.isoformat() if isinstance(one, datetime) else one for name, one in row.items()}
