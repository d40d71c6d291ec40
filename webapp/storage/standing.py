"""An actor's standing: session, role and account, read and locked in the transaction of a change (R8b)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.standing import Standing, TokenEnded
from webapp.storage.events import ActorSession
from webapp.storage.models import Account, ApiToken, Membership, PortalSessionRow, User, table_of
from webapp.storage.sessions import OWNER

_account, _membership, _session = table_of(Account).c, table_of(Membership).c, table_of(PortalSessionRow).c
_user, _token = table_of(User).c, table_of(ApiToken).c
_of_user = sa.and_(_membership.account_id == sa.bindparam("account_id"), _membership.user_id == sa.bindparam("user_id"))
_ROLE = sa.select(_membership.role).where(_of_user)
_MEMBERS = (
    table_of(Account)
    .join(table_of(Membership), _membership.account_id == _account.id)
    .join(table_of(User), _user.id == _membership.user_id)
)
# The rows stay locked: ending the session, taking the role away or changing the list waits until this is committed,
# so that nothing happens after those have been answered. The account is locked first, as in a change of the list.
# SQLite has one writer at a time.
_SIGNED_IN = (
    sa.select(_membership.role, _session.created_at, _session.last_seen_at)
    .select_from(
        _MEMBERS.join(
            table_of(PortalSessionRow),
            sa.and_(_session.account_id == _membership.account_id, _session.user_id == _membership.user_id),
        )
    )
    .where(_of_user, _session.id_hash == sa.bindparam("id_hash"), _user.disabled_at.is_(None))
    .with_for_update(key_share=True, of=(table_of(Account), table_of(Membership), table_of(PortalSessionRow)))
)
_ACTS_FOR_OWNER = (
    sa.select(_token.id)
    .select_from(
        _MEMBERS.join(
            table_of(ApiToken),
            sa.and_(_token.account_id == _membership.account_id, _token.owner_id == _membership.user_id),
        )
    )
    .where(_account.id == sa.bindparam("account_id"), _token.token_hash == sa.bindparam("token_hash"))
    .where(_membership.role == OWNER, _user.disabled_at.is_(None))
    .with_for_update(key_share=True, of=(table_of(Account), table_of(Membership), table_of(ApiToken)))
)


def standing(
    session: Session, account_id: int, user_id: int, signed_in: ActorSession | None, now: Callable[[], datetime]
) -> Standing:
    """Return the person's standing, in that portal session where there is one; `now` is called under the lock."""
    who = {"account_id": account_id, "user_id": user_id}
    if signed_in is None:
        return Standing(is_signed_in=True, is_owner=session.execute(_ROLE, who).scalar_one_or_none() == OWNER)
    found = session.execute(_SIGNED_IN, who | {"id_hash": signed_in.id_hash}).one_or_none()
    if found is None:
        return Standing(is_signed_in=False, is_owner=False)
    role, created_at, last_seen_at = found
    return Standing(not signed_in.limits.passed(created_at, last_seen_at, now()), role == OWNER)


def require_token(session: Session, account_id: int, token_hash: str) -> None:
    """Let only an API token of the account act that is there, for somebody who is an owner and not disabled.

    Raises:
        TokenEnded: it is not.
    """
    asked = {"account_id": account_id, "token_hash": token_hash}
    if session.execute(_ACTS_FOR_OWNER, asked).one_or_none() is None:
        raise TokenEnded
