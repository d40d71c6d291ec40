"""History by what was asked, as programs, files and commands are told it, of either view (R15)."""

from __future__ import annotations

from typing import Any, NamedTuple

from webapp.domain.history_query import Cursor, HistoryQuery
from webapp.storage import access, history


class Told(NamedTuple):
    """Facts of events, or of access, the latest first, and where they end; None: there are no more."""

    facts: list[dict[str, Any]]
    next: Cursor | None


def told(account_id: int, query: HistoryQuery, size: int, most: int | None = None) -> Told:
    """Return what the query asks for, at most so many; `most`: of events, no more than hold so many characters."""
    if query.view == "access":
        of_access = access.page(account_id, query.which, query.after, size)
        return Told([one.facts for one in of_access.entries], of_access.next)
    of_events = history.page(account_id, query.which, query.after, size, most)
    return Told([one.facts for one in of_events.events], of_events.next)
