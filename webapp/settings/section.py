"""What the page shows of a list: the section's view, computed from the list's value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import request

from webapp import sessions
from webapp.client_address import current_address
from webapp.domain.address import Address, AddressError, parse_address
from webapp.domain.allowlist import Allowlist, Entry, current_network
from webapp.domain.network import Network
from webapp.domain.notes import NOTE_TEXT, list_notes
from webapp.settings.forms import printable
from webapp.storage import allowlists

PER_PAGE = 50
FILTERS = {"": "All", "covers_me": "Covers me", "ipv6": "IPv6"}
SORTS = {"": "Newest first", "network": "Network", "comment": "Comment"}


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

    def matches(self, entry: Entry, address: Address | None) -> bool:
        """Whether the entry is asked for; an address in `q` finds the networks that contain it."""
        if self.filter == "covers_me" and not (address and address in entry.network):
            return False
        if self.filter == "ipv6" and entry.network.family != 6:
            return False
        return _matches_text(self.q, entry)


def _matches_text(text: str, entry: Entry) -> bool:
    try:
        searched = parse_address(text)
    except AddressError:
        wanted = text.casefold()
        return wanted in entry.network.text or wanted in entry.comment.casefold()
    return searched in entry.network


def _order(entry: Entry, sort: str) -> Any:
    if sort == "network":
        return (entry.network.family, entry.network.first, entry.network.prefix)
    return (entry.comment == "", entry.comment.casefold())


@dataclass(frozen=True)
class Section:
    """The list as its owner sees it from the current address; `opened` is the id of a row that must be shown."""

    allowlist: Allowlist
    address: Address | None
    query: Query = field(default_factory=Query)
    opened: int | None = None

    @classmethod
    def load(cls) -> Section:
        """Return the present list of the request's account."""
        return cls(allowlists.load(sessions.current().account_id), current_address(), Query.from_request())

    @classmethod
    def of(cls, allowlist: Allowlist) -> Section:
        """Return the list that a change has just stored, in the default order."""
        return cls(allowlist, current_address())

    @property
    def state(self) -> str:
        """Active or inactive (R3)."""
        return "active" if self.allowlist.active else "inactive"

    @cached_property
    def covering(self) -> tuple[Entry, ...]:
        """The networks that contain the current address, the narrowest first."""
        return self.allowlist.covering(self.address)

    @property
    def covered(self) -> str:
        """Whether the current address is covered: true, false or, without one, unknown."""
        if self.address is None:
            return "unknown"
        return "true" if self.covering else "false"

    @property
    def hooks(self) -> dict[str, str]:
        """What the section tells of itself in `data-` attributes (DESIGN 6), by the attribute's name."""
        hooks = {"state": self.state, "version": self.allowlist.revision, "covered": self.covered}
        return hooks | ({"current-address": self.address.text} if self.address else {})

    @property
    def current_network(self) -> Network | None:
        """What *Add my address* would add: IPv4 /32, IPv6 /64."""
        return current_network(self.address) if self.address else None

    @property
    def current_single(self) -> Network | None:
        """The /128 alternative of an IPv6 address."""
        return current_network(self.address, "address") if self.address and self.address.family == 6 else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of the list as a whole, as sentences."""
        return tuple(NOTE_TEXT[code] for code in list_notes(entry.network for entry in self.allowlist.entries))

    @cached_property
    def found(self) -> list[Entry]:
        """The entries that the query asks for, in its order."""
        entries = [entry for entry in self.allowlist.entries if self.query.matches(entry, self.address)]
        return sorted(entries, key=lambda entry: _order(entry, self.query.sort)) if self.query.sort else entries

    @property
    def pages(self) -> int:
        """How many pages what was found takes."""
        return max(1, -(-len(self.found) // PER_PAGE))

    @property
    def page(self) -> int:
        """The page that is shown, from 1: the one with the opened row, else the one asked for."""
        ids = [entry.id for entry in self.found]
        if self.opened in ids:
            return ids.index(self.opened) // PER_PAGE + 1
        return min(self.query.page, self.pages)

    @property
    def shown(self) -> list[Entry]:
        """The entries of the shown page."""
        return self.found[(self.page - 1) * PER_PAGE : self.page * PER_PAGE]
