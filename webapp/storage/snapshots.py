"""Snapshots: the whole list of then, each time the events have been about so many networks.

So the list as of any event is never further away than that, however many events there are.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.allowlist import Allowlist
from webapp.storage.models import ListSnapshot, table_of
from webapp.storage.network_facts import kept

APART = 2_000  # networks of events; the event before a snapshot may be about as many again

_INSERT = sa.insert(table_of(ListSnapshot))


def is_due(weight: int, added: int) -> bool:
    """Whether a snapshot belongs to an event: how many networks were counted with it, how many of those it added."""
    return weight // APART > (weight - added) // APART


def add(session: Session, event_id: int, account_id: int, after: Allowlist) -> None:
    """Keep the list as it is after the event."""
    networks = [kept(entry, with_facts=True) for entry in after.entries]
    state = {"active": after.active, "revision": after.revision, "networks": networks}
    session.execute(_INSERT, {"event_id": event_id, "account_id": account_id, "state": state})
