"""The rows of a list's networks: the difference that a change writes, and the last sign-in from each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.allowlist import Allowlist, Entry, newest_first
from webapp.domain.network import Network, common_text
from webapp.storage.events import Actor
from webapp.storage.models import Account, NetworkRow, SignIn, table_of
from webapp.storage.revisions import new_revision

MAX_SIGN_INS_SEARCHED = 10_000
_network = table_of(NetworkRow).c
_INSERT = sa.insert(table_of(NetworkRow)).returning(_network.id)
# Ids are never used again, so a row's own id is a position that no other row has or will have.
_PLACE = (
    sa.update(table_of(NetworkRow))
    .where(_network.account_id == sa.bindparam("of"), _network.position == 0)
    .values(position=_network.id)
)


def store(session: Session, account_id: int, lists: tuple[Allowlist, Allowlist], by: Actor, now: datetime) -> Allowlist:
    """Write the difference between the two lists; return the second with ids and versions, in the list's order."""
    before, after = lists
    old = {entry.id: entry for entry in before.entries}
    kept = {entry.id for entry in after.entries}
    # Deletions first: an edited or added network may have the text of a deleted one.
    gone = [entry_id for entry_id in old if entry_id not in kept]
    if gone:
        session.execute(sa.delete(NetworkRow).where(NetworkRow.id.in_(gone)))
    if after.active != before.active:
        session.execute(sa.update(Account).where(Account.id == account_id).values(allowlist_active=after.active))
    entries = tuple(
        entry if entry is old.get(entry.id) else _write(session, account_id, entry, old.get(entry.id), by, now)
        for entry in reversed(after.entries)
    )
    if any(entry.id is None and not entry.position for entry in after.entries):
        session.execute(_PLACE, {"of": account_id})
    return replace(after, entries=newest_first(entries[::-1]))


def _write(session: Session, account_id: int, entry: Entry, old: Entry | None, by: Actor, now: datetime) -> Entry:
    values: dict[str, Any] = {"network": entry.network.text, "comment": entry.comment, "version": new_revision()}
    if old is None:
        return _insert(session, account_id, entry, values | _facts(entry, by, now))
    if old.network != entry.network:
        values["last_sign_in_at"] = _last_sign_in(session, account_id, entry.network)
    session.execute(sa.update(NetworkRow).where(NetworkRow.id == old.id).values(**values))
    return replace(entry, **{name: value for name, value in values.items() if name != "network"})


def _facts(entry: Entry, by: Actor, now: datetime) -> dict[str, Any]:
    """Return who added the network and when; a restored one keeps its own facts (R16)."""
    if entry.added_at is None:
        return {"added_at": now, "added_by": by.name, "added_by_id": by.user_id}
    return {"added_at": entry.added_at, "added_by": entry.added_by, "added_by_id": entry.added_by_id}


def _insert(session: Session, account_id: int, entry: Entry, values: dict[str, Any]) -> Entry:
    used_at = _last_sign_in(session, account_id, entry.network)
    known = [moment for moment in (used_at, entry.last_sign_in_at) if moment is not None]
    values |= {"last_sign_in_at": max(known, default=None), "position": entry.position}
    entry_id: int = session.execute(_INSERT, {"account_id": account_id, **values}).scalar_one()
    values |= {"network": entry.network, "id": entry_id, "position": entry.position or entry_id}
    return replace(entry, **values)


def _last_sign_in(session: Session, account_id: int, network: Network) -> datetime | None:
    """Return the last sign-in from within the network, among the latest whose text begins like its addresses."""
    query = (
        sa.select(SignIn.address, SignIn.last_at)
        .where(SignIn.account_id == account_id, SignIn.address.startswith(common_text(network), autoescape=True))
        .order_by(SignIn.last_at.desc())
        .limit(MAX_SIGN_INS_SEARCHED)
    )
    return next((at for text, at in session.execute(query) if parse_address(text) in network), None)


def record_sign_in(session: Session, account_id: int, address: Address, now: datetime) -> None:
    """Set the last sign-in of the account's networks that contain the address."""
    query = sa.select(NetworkRow.id, NetworkRow.network).where(NetworkRow.account_id == account_id)
    ids = sorted(row.id for row in session.execute(query) if _contains(row.network, address))
    if ids:
        session.execute(sa.update(NetworkRow).where(NetworkRow.id.in_(ids)).values(last_sign_in_at=now))


def _contains(text: str, address: Address) -> bool:
    """Whether the stored network contains the address; unreadable text contains nothing, and stops no sign-in."""
    try:
        return address in Network.from_canonical(text)
    except ValueError:
        return False
