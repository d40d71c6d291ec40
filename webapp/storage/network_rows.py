"""The rows of a list's networks: what a change writes, and the last sign-in from each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.network import Network
from webapp.storage.models import Account, NetworkRow, SignIn, table_of
from webapp.storage.revisions import new_revision

_INSERT = sa.insert(table_of(NetworkRow)).returning(table_of(NetworkRow).c.id)


def store(session: Session, account_id: int, lists: tuple[Allowlist, Allowlist], by: str, now: datetime) -> Allowlist:
    """Write what the second list has otherwise than the first; return it with ids and versions."""
    before, after = lists
    old = {entry.id: entry for entry in before.entries}
    kept = {entry.id for entry in after.entries}
    # Deletions first: an edit or an addition may take the text of what goes.
    gone = [entry_id for entry_id in old if entry_id not in kept]
    if gone:
        session.execute(sa.delete(NetworkRow).where(NetworkRow.id.in_(gone)))
    if after.active != before.active:
        session.execute(sa.update(Account).where(Account.id == account_id).values(allowlist_active=after.active))
    entries = tuple(
        entry if entry is old.get(entry.id) else _write(session, account_id, entry, old.get(entry.id), by, now)
        for entry in reversed(after.entries)
    )
    return replace(after, entries=entries[::-1])


def _write(session: Session, account_id: int, entry: Entry, old: Entry | None, by: str, now: datetime) -> Entry:
    values: dict[str, Any] = {"network": entry.network.text, "comment": entry.comment, "version": new_revision()}
    if old is None or old.network != entry.network:
        values["last_sign_in_at"] = _last_sign_in(session, account_id, entry.network)
    if old is not None:
        session.execute(sa.update(NetworkRow).where(NetworkRow.id == old.id).values(**values))
    else:
        values |= {"added_at": now, "added_by": by}
        new = {"account_id": account_id, **values}
        values["id"] = session.execute(_INSERT, new).scalar_one()
    values.pop("network")
    return replace(entry, **values)


def _last_sign_in(session: Session, account_id: int, network: Network) -> datetime | None:
    """Return the last sign-in on record from within the network."""
    query = sa.select(SignIn.address, SignIn.last_at).where(SignIn.account_id == account_id)
    return max((at for text, at in session.execute(query) if parse_address(text) in network), default=None)


def used(session: Session, account_id: int, address: Address, now: datetime) -> None:
    """Keep that somebody has signed in from the networks that contain the address."""
    query = sa.select(NetworkRow.id, NetworkRow.network).where(NetworkRow.account_id == account_id)
    ids = sorted(row.id for row in session.execute(query) if _contains(row.network, address))
    if ids:
        session.execute(sa.update(NetworkRow).where(NetworkRow.id.in_(ids)).values(last_sign_in_at=now))


def _contains(text: str, address: Address) -> bool:
    """Whether the stored network contains the address; what cannot be read contains nothing, and stops no sign-in."""
    try:
        return address in Network.from_canonical(text)
    except ValueError:
        return False
