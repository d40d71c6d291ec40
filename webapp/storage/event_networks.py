"""The networks of events, as what history is searched by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage.models import EventNetwork, table_of

_INSERT = sa.insert(table_of(EventNetwork))


def add(session: Session, of_event: dict[str, Any], texts: Iterable[str]) -> None:
    """Add the event's networks, each once, in one statement; `of_event` has the other columns."""
    rows = [of_event | {"key": key_of(Network.from_canonical(text))} for text in set(texts)]
    if rows:
        session.execute(_INSERT, rows)
