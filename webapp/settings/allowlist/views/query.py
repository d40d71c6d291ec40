"""What of the list is asked for: search, filter, sort, page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from webapp.domain.address import Address
from webapp.domain.allowlist import Entry
from webapp.domain.search import find
from webapp.domain.text import printable

FILTERS = {"": "All", "covers_me": "Covers me", "ipv6": "IPv6", "never_used": "Never used"}
SORTS = {"": "Newest first", "network": "Network", "comment": "Comment", "last_sign_in": "Last sign-in"}


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
        args = request.args
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

    def found(self, entries: Sequence[Entry], address: Address | None) -> list[Entry]:
        """Return the entries that are asked for, in the order that is asked for."""
        found = [entry for entry in find(self.q, entries) if self._is_kept(entry, address)]
        return sorted(found, key=lambda entry: order(entry, self.sort)) if self.sort else found

    def _is_kept(self, entry: Entry, address: Address | None) -> bool:
        if self.filter == "covers_me":
            return address is not None and address in entry.network
        if self.filter == "ipv6":
            return entry.network.family == 6
        return not (self.filter == "never_used" and entry.last_sign_in_at)


def order(entry: Entry, sort: str) -> Any:
    """Return what a list in that order is sorted by."""
    if sort == "network":
        return (entry.network.family, entry.network.first, entry.network.prefix)
    if sort == "last_sign_in":
        return -entry.last_sign_in_at.timestamp() if entry.last_sign_in_at else 0
    return (entry.comment == "", entry.comment.casefold())
