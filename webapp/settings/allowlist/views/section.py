"""What the page shows of a list: the section's view, computed from the list's value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from webapp.domain.address import Address
from webapp.domain.address_kind import offers_subnet, shared_remark
from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.current_network import current_network
from webapp.domain.nesting import Nesting
from webapp.domain.network import Network
from webapp.domain.notes import NOTE_TEXT, list_notes, proxy_remark, tag_code
from webapp.domain.standing import NotLetIn
from webapp.guard import portal_session
from webapp.guard.client_address import current_address, trusted_networks
from webapp.settings.allowlist.views.query import Query
from webapp.storage import allowlists, history, last_changes
from webapp.storage.last_changes import LastChange

PER_PAGE = 50


@dataclass(frozen=True)
class Section:
    """The list as its owner sees it from the current address.

    `opened` is the id of a row that must be shown; `keep` are the ids of rows that the page has open and must keep.
    `activated` is who has put the list into effect, and when: loaded for what shows the section's head; `changes` how
    often networks were changed, for what shows their rows.
    """

    allowlist: Allowlist
    address: Address | None
    query: Query = field(default_factory=Query)
    opened: int | None = None
    keep: frozenset[int] = frozenset()
    activated: LastChange | None = None
    changes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Section:
        """Return the present list of the request's account.

        Raises NotLetIn: read after the request was judged, it may not let the reader in any more (R8b).
        """
        section = cls(allowlists.load(portal_session.current().account_id), current_address(), Query.from_request())
        if not section.allowlist.admits(section.address):
            raise NotLetIn
        return section

    @classmethod
    def of(cls, allowlist: Allowlist) -> Section:
        """Return the list that a change has just stored, in the default order."""
        return cls(allowlist, current_address())

    def with_activation(self) -> Section:
        """Return the section as its head needs it: with who has put the list into effect, where it is."""
        if not self.allowlist.active:
            return self
        return replace(self, activated=last_changes.last_change(portal_session.current().account_id, kind="activate"))

    def with_changes(self, *entries: Entry) -> Section:
        """Return the section as rows need it: with how often each network was changed, those shown if none is named."""
        networks = [entry.network for entry in entries or self.shown]
        return replace(self, changes=history.changes_of(portal_session.current().account_id, networks))

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
        """The section's `data-` attributes, by name."""
        hooks = {"state": self.state, "version": self.allowlist.revision, "covered": self.covered}
        return hooks | ({"current-address": self.address.text} if self.address else {})

    @property
    def current_network(self) -> Network | None:
        """What *Add my address* would add: IPv4 /32, IPv6 /64 or, translated and tunnelled, /128."""
        return current_network(self.address) if self.address else None

    @property
    def current_single(self) -> Network | None:
        """The /128 alternative of an IPv6 address whose /64 is offered."""
        if self.address is None or not offers_subnet(self.address):
            return None
        return current_network(self.address, "address")

    @property
    def shared_remark(self) -> str:
        """What to say of a current address that many people may share (R5b); "" where there is nothing to say."""
        return shared_remark(self.address)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of the list as a whole, as sentences."""
        networks = [entry.network for entry in self.allowlist.entries]
        proxy = proxy_remark(networks, trusted_networks())
        return (*(NOTE_TEXT[code] for code in list_notes(networks)), *([proxy] if proxy else []))

    @cached_property
    def nesting(self) -> Nesting:
        """Which networks are inside a wider one of the list."""
        return Nesting(entry.network for entry in self.allowlist.entries)

    def tag_of(self, entry: Entry) -> str:
        """What kind of network a row has, as a code; "" for an ordinary one."""
        return tag_code(entry.network, is_used=entry in self.covering or entry.last_sign_in_at is not None)

    @cached_property
    def found(self) -> list[Entry]:
        """The entries that the query asks for, in its order."""
        return self.query.found(self.allowlist.entries, self.covering)

    @property
    def matches(self) -> str:
        """How much was found, as a sentence; "" where everything is shown."""
        query, all_networks = self.query, len(self.allowlist.entries)
        if not (query.q or query.filter):
            return ""
        text = f" “{query.q}”" if query.q else ""
        match = "matches" if len(self.found) == 1 else "match"
        return f"{len(self.found):,} of {all_networks:,} networks {match}{text}."

    def place_of(self, entry: Entry) -> str:
        """Return where on a page a row goes that is new there: below the one before it in the list, or on top."""
        entries = self.allowlist.entries
        before = entries.index(entry) - 1
        return "afterbegin:#allowlist-rows" if before < 0 else f"afterend:#network-{entries[before].id}"

    @property
    def kept_but_gone(self) -> list[int]:
        """The kept rows that are not among the shown ones any more."""
        return sorted(self.keep - {entry.id for entry in self.shown})

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
