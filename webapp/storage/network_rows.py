"""The rows of a list's networks: the difference that a change writes, and the last sign-in from each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from os.path import commonprefix
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, pack, unwrap
from webapp.domain.allowlist import Allowlist, Entry, newest_first
from webapp.domain.network import Network, common_text
from webapp.storage.events import Actor
from webapp.storage.models import Account, NetworkRow, SignIn, table_of
from webapp.storage.revisions import new_revision

MAX_SIGN_INS_SEARCHED = 10_000
_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "id")
_EDITED = ("comment", "version")
_MOVED = ("network", "last_sign_in_at", *_EDITED)
_network, _sign_in = table_of(NetworkRow).c, table_of(SignIn).c
# Rows are inserted in their order, but may be returned in another one.
_INSERT = sa.insert(table_of(NetworkRow)).returning(_network.network, _network.id)
_UPDATE = sa.update(table_of(NetworkRow)).where(_network.id == sa.bindparam("row"))
# Ids are never used again, so a row's own id is a position that no other row has or will have.
_PLACE = (
    sa.update(table_of(NetworkRow))
    .where(_network.account_id == sa.bindparam("of"), _network.position == 0)
    .values(position=_network.id)
)


def store(session: Session, account_id: int, lists: tuple[Allowlist, Allowlist], by: Actor, now: datetime) -> Allowlist:
    """Write the difference between the two lists; return the second with ids and versions, in the list's order.

    How many statements that takes does not depend on the number of networks.
    """
    before, after = lists
    old = {entry.id: entry for entry in before.entries}
    # Deletions first: an edited or added network may have the text of a deleted one.
    gone = old.keys() - {entry.id for entry in after.entries}
    if gone:
        session.execute(sa.delete(NetworkRow).where(NetworkRow.id.in_(gone)))
    if after.active != before.active:
        session.execute(sa.update(Account).where(Account.id == account_id).values(allowlist_active=after.active))
    # The last one first: of what is added at one moment, the first of the list is to have the highest position.
    new = [entry for entry in reversed(after.entries) if entry.id is None]
    edited = [entry for entry in after.entries if entry.id is not None and entry is not old[entry.id]]
    said = [entry for entry in edited if entry.network == old[entry.id].network]
    moved = [entry for entry in edited if entry.network != old[entry.id].network]
    last = _last_sign_ins(session, account_id, [entry.network for entry in (*new, *moved)])
    written = _insert(session, account_id, [_stored(entry, last(entry.network), by, now) for entry in new])
    written += _update(session, [replace(entry, last_sign_in_at=last(entry.network)) for entry in moved], _MOVED)
    written += _update(session, said, _EDITED)
    as_written = {entry.network: entry for entry in written}
    return replace(after, entries=newest_first(as_written.get(entry.network, entry) for entry in after.entries))


def _stored(entry: Entry, used_at: datetime | None, by: Actor, now: datetime) -> Entry:
    """Return a new network with who added it and when; a restored one keeps its own facts (R16)."""
    facts: dict[str, Any] = {}
    if entry.added_at is None:
        facts = {"added_at": now, "added_by": by.name, "added_by_id": by.user_id}
    known = [moment for moment in (used_at, entry.last_sign_in_at) if moment is not None]
    return replace(entry, version=new_revision(), last_sign_in_at=max(known, default=None), **facts)


def _insert(session: Session, account_id: int, entries: Sequence[Entry]) -> list[Entry]:
    if not entries:
        return []
    rows = [{"account_id": account_id} | _values(entry, _COLUMNS) for entry in entries]
    ids = {row.network: row.id for row in session.execute(_INSERT, rows)}
    if not all(entry.position for entry in entries):
        session.execute(_PLACE, {"of": account_id})
    return [
        replace(entry, id=row_id, position=entry.position or row_id)
        for entry, row_id in ((entry, ids[entry.network.text]) for entry in entries)
    ]


def _update(session: Session, entries: Sequence[Entry], columns: Sequence[str]) -> list[Entry]:
    entries = [replace(entry, version=new_revision()) for entry in entries]
    if entries:
        session.execute(_UPDATE, [{"row": entry.id} | _values(entry, columns) for entry in entries])
    return entries


def _values(entry: Entry, columns: Sequence[str]) -> dict[str, Any]:
    return {name: entry.network.text if name == "network" else getattr(entry, name) for name in columns}


def _last_sign_ins(
    session: Session, account_id: int, networks: Sequence[Network]
) -> Callable[[Network], datetime | None]:
    """Return what says the last sign-in from within each of the networks.

    It knows the latest ones whose text begins with what the texts of all addresses of these networks begin with.
    """
    latest: dict[tuple[int, bytes], datetime] = {}
    if networks:
        common = commonprefix([common_text(network) for network in networks])  # noqa: RUF071 - no paths
        query = (
            sa.select(_sign_in.address, _sign_in.last_at)
            .where(_sign_in.account_id == account_id, _sign_in.address.startswith(common, autoescape=True))
            .order_by(_sign_in.last_at.desc())
            .limit(MAX_SIGN_INS_SEARCHED)
        )
        for text, at in session.execute(query):
            packed = unwrap(pack(text))
            latest.setdefault((len(packed), packed), at)
    addresses = sorted(latest)
    moments = [latest[address] for address in addresses]

    def last(network: Network) -> datetime | None:
        width = len(network.first)  # families never meet
        inside = slice(bisect_left(addresses, (width, network.first)), bisect_right(addresses, (width, network.last)))
        return max(moments[inside], default=None)

    return last


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
