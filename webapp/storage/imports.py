"""Imports, read from the events: what Undo takes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webapp.domain.allowlist import Entry
from webapp.domain.network import Network
from webapp.domain.undoing import PastChange
from webapp.storage.engine.database import db
from webapp.storage.events import Actor
from webapp.storage.models import Event
from webapp.storage.network_facts import entry_of

IMPORT = "import"
MOST_OFFERED = 3  # each may hold the facts of a thousand networks
_IMPORTS = sa.select(Event.id, Event.at, Event.before, Event.after).where(Event.kind == IMPORT)


@dataclass(frozen=True, slots=True)
class Imported:
    """An import: by which event, when, and what it did."""

    event_id: int
    at: datetime
    change: PastChange


def in_event(account_id: int, event_id: int) -> Imported | None:
    """Return the import that the account's event is, or None."""
    query = _IMPORTS.where(Event.id == event_id, Event.account_id == account_id)
    row = db.session.execute(query).one_or_none()
    return None if row is None else _of(row)


def own_since(account_id: int, actor: Actor, since: datetime) -> list[Imported]:
    """Return the person's last imports since then, the latest first; a program that acts for them has another name."""
    query = _IMPORTS.where(
        Event.account_id == account_id, Event.user_id == actor.user_id, Event.actor == actor.name, Event.at >= since
    )
    return [_of(row) for row in db.session.execute(query.order_by(Event.id.desc()).limit(MOST_OFFERED))]


def _of(row: Any) -> Imported:
    before, after = ({one["id"]: one for one in state["networks"]} for state in (row.before, row.after))
    change = PastChange(
        added=tuple(_entry(one) for key, one in after.items() if key not in before),
        changed=tuple((_entry(one), _entry(after[key])) for key, one in before.items() if key in after),
        removed=tuple(entry_of(one) for key, one in before.items() if key not in after),
    )
    return Imported(row.id, row.at, change)


def _entry(kept: dict[str, Any]) -> Entry:
    """Return a network without its facts, of which a thousand take their time."""
    return Entry(Network.from_canonical(kept["network"]), kept["comment"], kept["id"])
