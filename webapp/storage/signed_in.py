"""Who is signed in to an account, as its owners see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import parse_address
from webapp.domain.session_end import Alive
from webapp.domain.signed_in import Present, SignedIn
from webapp.storage import events
from webapp.storage.allowlists import while_in
from webapp.storage.engine.database import db
from webapp.storage.events import Actor
from webapp.storage.models import PortalSessionRow, User, table_of
from webapp.storage.sessions import KEY, KEY_LENGTH, are_alive, end_by_key, hash_of

_row, _user = table_of(PortalSessionRow).c, table_of(User).c
_PEOPLE = (  # built once, and of tables: each question asks it
    sa.select(_row.user_id, _user.name, _row.address)
    .join(table_of(User), _user.id == _row.user_id)
    .where(_user.disabled_at.is_(None))
    .where(_row.account_id == sa.bindparam("account_id"), _row.id_hash != sa.bindparam("but"))
    .where(_row.last_seen_at > sa.bindparam("seen_after"), _row.created_at > sa.bindparam("created_after"))
    .where(_row.last_seen_at <= sa.bindparam("not_after"), _row.created_at <= sa.bindparam("not_after"))
    .group_by(_row.user_id, _user.name, _row.address)
    .order_by(sa.func.max(_row.last_seen_at).desc(), _row.user_id, _row.address)
)


def sessions(account_id: int, *, but: str, alive: Alive, most: int) -> tuple[tuple[SignedIn, ...], int]:
    """Return the account's live portal sessions except the one with the id `but`: at most `most`, and the total.

    The last seen come first.
    """
    row = PortalSessionRow
    others = (row.account_id == account_id, row.id_hash != hash_of(but), *are_alive(alive))
    in_turn = sa.select(row.id_hash, row.user_id, row.address, row.last_seen_at, row.browser).where(*others)
    first = in_turn.order_by(row.last_seen_at.desc(), row.id_hash).limit(most).subquery().c  # before users are joined
    total = sa.select(sa.func.count()).select_from(row).where(*others).scalar_subquery()
    query = (
        sa.select(first.id_hash, User.id, User.name, first.address, first.last_seen_at, first.browser, total)
        .join(User, User.id == first.user_id)
        .order_by(first.last_seen_at.desc(), first.id_hash)
    )
    rows = db.session.execute(query).all()
    shown = tuple(_signed_in(id_hash[:KEY_LENGTH], *of_whom) for id_hash, *of_whom, _ in rows)
    return shown, rows[0][-1] if rows else 0


def people(account_id: int, *, but: str, alive: Alive) -> list[Present]:
    """Return from where the account's people are signed in, except in the session `but`, the last seen first."""
    asked = {"account_id": account_id, "but": hash_of(but), **asdict(alive)}
    return [Present(*found) for found in db.session.execute(_PEOPLE, asked)]


def end(account_id: int, owner: Actor, key: str, *, now: Callable[[], datetime]) -> SignedIn | None:
    """End the account's portal session of that key in the name of an owner; return it, if there was one.

    Raises:
        SignedOut, NotLetIn, NotOwner: the owner has lost access meanwhile (R8b).
        Unavailable: the database could not do it now.
    """

    def work(session: Session, moment: datetime) -> SignedIn | None:
        ended = _of_key(session, account_id, key) if KEY.fullmatch(key) else None
        if ended:
            end_by_key(session, account_id, key, by=owner.user_id, now=moment)
            events.note(session, account_id, "session_end", {}, moment, was=_kept(ended), actor=owner)
        return ended

    return while_in(account_id, owner, work, now=now)


def _kept(ended: SignedIn) -> dict[str, Any]:
    """Return what the event of a sign-out keeps: whose session it was, from where, in which browser."""
    address = ended.address.text if ended.address else None
    user = {"user_id": ended.user_id, "name": ended.name}
    return {"session": {"user": user, "address": address, "browser": ended.browser}}


def _of_key(session: Session, account_id: int, key: str) -> SignedIn | None:
    row = PortalSessionRow
    found = session.execute(
        sa.select(row.user_id, User.name, row.address, row.last_seen_at, row.browser)
        .join(User, User.id == row.user_id)
        .where(row.account_id == account_id, sa.func.substr(row.id_hash, 1, KEY_LENGTH) == key)
    ).first()
    return _signed_in(key, *found) if found else None


def _signed_in(key: str, user_id: int, name: str, address: str | None, at: datetime, browser: str | None) -> SignedIn:
    return SignedIn(key, user_id, name, parse_address(address) if address else None, at, browser or "")
