"""Access: each sign-in, and blocked attempts, as history shows them (R15); kept for 90 days, and bounded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.domain.current_network import current_network
from webapp.domain.history_query import ACCESS_KINDS, Cursor, Filter
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage.engine import purging
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import remove_oldest
from webapp.storage.engine.upsert import insert
from webapp.storage.history_search import Searched, Within, about, of_kinds
from webapp.storage.models import BlockedAttempt, PortalAccess, User, table_of

SIGN_IN, BLOCKED = ACCESS_KINDS
PAGE_SIZE = 50
KEPT_FOR = timedelta(days=90)
KEPT_SIGN_INS = 1_000  # of one user in one account

_access, _attempt, _user = (table_of(one).c for one in (PortalAccess, BlockedAttempt, User))
_SEARCHED = Searched(_access, _access.id)
_SHOWN = (
    sa.select(
        _access.id,
        _access.at,
        _access.kind,
        _user.name,
        _access.user_id,
        sa.func.coalesce(sa.func.nullif(_attempt.last_address, ""), _access.address),
        sa.func.coalesce(_attempt.count, 1),
        sa.func.coalesce(_attempt.last_at, _access.at),
    )
    .join(table_of(User), _user.id == _access.user_id)
    .outerjoin(table_of(BlockedAttempt), _attempt.id == _access.attempt_id)
    .order_by(_access.at.desc(), _access.id.desc())
)


@dataclass(frozen=True, slots=True)
class PastAccess:
    """A sign-in, or attempts of one person from one client within an hour: `kind` is one of ACCESS_KINDS.

    `at`: the sign-in, or the first attempt; `last_at`, `count` and `address` (None: no trustworthy one) say how the
    attempts went on.
    """

    id: int
    at: datetime
    kind: str
    by: str
    user_id: int
    address: str | None
    count: int
    last_at: datetime

    @property
    def facts(self) -> dict[str, Any]:
        """The sign-in or the attempts as programs, files and commands are told them."""
        told = {"id": self.id, "at": self.at.isoformat(), "kind": self.kind, "who": self.by, "user_id": self.user_id}
        return told | {"address": self.address, "count": self.count, "last_at": self.last_at.isoformat()}

    @property
    def cursor(self) -> Cursor:
        """Where a page ends whose last one it is."""
        return Cursor(self.at, self.id)


class Page(NamedTuple):
    """Some of an account's access, the latest first, and where it ends; None: there is no more."""

    entries: tuple[PastAccess, ...]
    next: Cursor | None


def page(account_id: int, which: Filter, after: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
    """Return the account's next access behind the cursor, or the latest; without kinds, both."""
    within = Within(account_id, replace(which, kinds=which.kinds or ACCESS_KINDS), after)
    if which.network is None:
        ids = of_kinds(_SEARCHED, within, size + 1)
    else:
        ids = about(_SEARCHED, within, which.network, size + 1)
    found = tuple(PastAccess(*row) for row in db.session.execute(_SHOWN.where(_access.id.in_(ids))))
    return Page(found[:size], found[size - 1].cursor if len(found) > size else None)


def record_sign_in(session: Session, *, account_id: int, user_id: int, address: Address | None, now: datetime) -> None:
    """Keep that the user signed in to the account; of theirs the last KEPT_SIGN_INS are kept."""
    key = key_of(Network.around(address, 8 * len(address.packed))) if address else None
    whose = {"account_id": account_id, "user_id": user_id, "kind": SIGN_IN}
    text = address.text if address else None
    session.execute(sa.insert(PortalAccess).values(**whose, at=now, address=text, key=key))
    own = sa.select(PortalAccess.id).filter_by(**whose).order_by(PortalAccess.at.desc(), PortalAccess.id.desc())
    beyond = own.offset(KEPT_SIGN_INS).limit(purging.BATCH_SIZE)
    session.execute(sa.delete(PortalAccess).where(PortalAccess.id.in_(beyond)))


def record_blocked(
    session: Session, attempt_id: int, *, account_id: int, user_id: int, address: Address | None, now: datetime
) -> None:
    """Keep that attempts of a person from a client have begun; nothing where that is kept. They go with their row."""
    row = {"account_id": account_id, "user_id": user_id, "kind": BLOCKED, "at": now, "attempt_id": attempt_id}
    kept = {"address": address.text, "key": key_of(current_network(address))} if address else {}
    new = insert(PortalAccess).values(**row, **kept)
    session.execute(new.on_conflict_do_nothing(index_elements=["attempt_id"]))


def purge(session: Session, now: datetime) -> None:
    """Delete what is older than KEPT_FOR, at most one batch."""
    remove_oldest(session, PortalAccess.at, now - KEPT_FOR)
