"""What of the list is asked for: search, filter, sort, page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import request

from webapp.domain.allowlist import Entry
from webapp.domain.search import find, is_unused, last_use
from webapp.domain.text import printable
from webapp.runtime import clock
from webapp.web import htmx


class Filter(NamedTuple):
    """A choice of what is shown: its label, and whether it keeps an entry of a list, given those that cover you."""

    label: str
    keeps: Callable[[Entry, Collection[Entry]], bool]


class Sort(NamedTuple):
    """A choice of the order: its label, and what the entries are sorted by; without that they stay as they are."""

    label: str
    key: Callable[[Entry], Any] | None = None


FILTERS = {
    "": Filter("All", lambda _entry, _covering: True),
    "covers_me": Filter("Covers me", lambda entry, covering: entry in covering),
    "ipv6": Filter("IPv6", lambda entry, _covering: entry.network.family == 6),
    "never_used": Filter("Never used", lambda entry, _covering: not entry.last_sign_in_at),
    "unused_90_days": Filter("Not used for 90 days", lambda entry, _covering: is_unused(entry, clock.now())),
}
SORTS = {
    "": Sort("Newest first"),
    "network": Sort("Network", lambda entry: (entry.network.family, entry.network.first, entry.network.prefix)),
    "comment": Sort("Comment", lambda entry: (entry.comment == "", entry.comment.casefold())),
    "last_sign_in": Sort("Last sign-in", lambda entry: -moment.timestamp() if (moment := entry.last_sign_in_at) else 0),
    "oldest_use": Sort("Oldest use", last_use),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What of the list is asked for: search, filter, sort, page (from 1). Unknown words mean the default."""

    q: str = ""
    filter: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def from_request(cls) -> Query:
        """Read the query string."""
        return cls._read(request.args)

    @classmethod
    def of_page(cls) -> Query:
        """Read the query string of the page that htmx is on."""
        return cls._read(htmx.current_query())

    @classmethod
    def _read(cls, args: Mapping[str, str]) -> Query:
        page = args.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        chosen = args.get("filter", ""), args.get("sort", "")
        return cls(
            printable(args.get("q", "").strip()[:200]),
            chosen[0] if chosen[0] in FILTERS else "",
            chosen[1] if chosen[1] in SORTS else "",
            max(1, number),
        )

    @property
    def asked(self) -> dict[str, Any]:
        """The query string that asks for the same, without the page."""
        asked = {"q": self.q, "filter": self.filter, "sort": self.sort}
        return {name: value for name, value in asked.items() if value}

    def found(self, entries: Sequence[Entry], covering: Collection[Entry]) -> list[Entry]:
        """Return the entries that are asked for, in the order that is asked for; `covering` contain your address."""
        keeps, key = FILTERS[self.filter].keeps, SORTS[self.sort].key
        found = [entry for entry in find(self.q, entries) if keeps(entry, covering)]
        return sorted(found, key=key) if key else found
