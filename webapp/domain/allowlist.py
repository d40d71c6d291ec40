"""The list as an immutable value: every change gives a new list, or says why not (R3 to R7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import ClassVar, Literal

from webapp.domain.address import Address
from webapp.domain.address_kind import offers_subnet
from webapp.domain.network import Network

MAX_NETWORKS = 1_000

Scope = Literal["address", "subnet"]
WayOut = Literal["add_current", "deactivate"]


class Refused(Exception):
    """A change that is not made. `code` is the class that the answer bears."""

    code: ClassVar[str]


class Gone(Refused):
    """No network of this account has that id (deleted, never there, or somebody else's: all look alike)."""

    code = "gone"


class Stale(Refused):
    """The form was made from an older state than the present one."""

    code = "stale"

    def __init__(self, entry: Entry | None = None) -> None:
        super().__init__()
        self.entry = entry


class NoAddress(Refused):
    """Activating without a trustworthy current address (R11)."""

    code = "no_address"


class NotCovered(Refused):
    """Activating while the list does not contain the current address (R5)."""

    code = "not_covered"


class LeavesYouOut(Refused):
    """The resulting list would be active without the current address (R6)."""

    code = "leaves_you_out"

    def __init__(self, ways_out: tuple[WayOut, ...], *, last: bool) -> None:
        super().__init__()
        self.ways_out = ways_out
        self.last = last


class AddressChanged(Refused):
    """The form was made for another address than the one the request comes from (R5a).

    `shown` is what the form named, empty where it named none. `question` is what the change would be asked now.
    """

    code = "address_changed"

    def __init__(self, shown: str, question: LeavesYouOut | None = None) -> None:
        super().__init__()
        self.shown = shown
        self.question = question


class Duplicate(Refused):
    """The network is on the list already."""

    code = "duplicate"

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry


class Full(Refused):
    """The list holds as many networks as it may."""

    code = "full"


class ScopeError(ValueError):
    """A scope that there is not, or not for this address: the text is a sentence with the way out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A network of the list. `id` is None until it is stored; `version` is new at every write.

    `added_by` is the name as it was then, `added_by_id` says who that is (None: not known, or no user). `position`
    decides among networks added at the same moment; it is given once, and kept when the network is restored (R16).
    """

    network: Network
    comment: str = ""
    id: int | None = None
    version: str = ""
    added_at: datetime | None = field(default=None, compare=False)
    added_by: str = field(default="", compare=False)
    added_by_id: int | None = field(default=None, compare=False)
    position: int = field(default=0, compare=False)
    last_sign_in_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Allowlist:
    """An account's list: its state, its revision and its networks, newest first."""

    active: bool = False
    entries: tuple[Entry, ...] = ()
    revision: str = field(default="", compare=False)

    def covering(self, address: Address | None) -> tuple[Entry, ...]:
        """Return the networks that contain the address, the narrowest first."""
        if address is None:
            return ()
        found = (entry for entry in self.entries if address in entry.network)
        return tuple(sorted(found, key=lambda entry: -entry.network.prefix))

    def covers(self, address: Address | None) -> bool:
        """Whether some network of the list contains the address (same family only)."""
        return address is not None and any(address in entry.network for entry in self.entries)

    def lets_in(self, address: Address | None) -> bool:
        """Whether a person at the address may use the portal; no address, no entry (R8, R11)."""
        return not self.active or self.covers(address)

    def get(self, entry_id: int) -> Entry:
        """Return the network with that id, or raise Gone."""
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        raise Gone

    def add(self, network: Network, comment: str = "") -> Allowlist:
        """Return the list with the network; never activates (R3). Raises Duplicate or Full."""
        self._refuse_duplicate(network)
        if len(self.entries) >= MAX_NETWORKS:
            raise Full
        return replace(self, entries=(Entry(network, comment), *self.entries))

    def restore(self, removed: Entry) -> Allowlist:
        """Return the list with a network that was on it: as it was, where it stood (R16). Raises Duplicate or Full."""
        self.add(removed.network)  # refuses what it would refuse of a new one
        entry = replace(removed, id=None, version="")
        return replace(self, entries=newest_first((entry, *self.entries)))

    def edit(self, entry_id: int, network: Network, comment: str) -> Allowlist:
        """Return the list with that entry changed. Raises Gone or Duplicate."""
        old = self.get(entry_id)
        self._refuse_duplicate(network, but=old)
        new = replace(old, network=network, comment=comment)
        return replace(self, entries=tuple(new if entry is old else entry for entry in self.entries))

    def remove(self, entry_id: int) -> Allowlist:
        """Return the list without that entry. Raises Gone. R6 keeps an active list from becoming empty."""
        old = self.get(entry_id)
        return replace(self, entries=tuple(entry for entry in self.entries if entry is not old))

    def activate(self, address: Address | None) -> Allowlist:
        """Return the list in effect. Raises NoAddress or NotCovered (R5, R11)."""
        if self.active:
            return self
        if address is None:
            raise NoAddress
        if not self.covers(address):
            raise NotCovered
        return replace(self, active=True)

    def deactivate(self) -> Allowlist:
        """Return the list no longer in effect; its networks stay listed (R7)."""
        return replace(self, active=False)

    def add_current(self, address: Address, scope: str = "", comment: str = "") -> Allowlist:
        """Return the list with the current address; the same list where it is covered already (R5)."""
        return self if self.covers(address) else self.add(current_network(address, scope), comment)

    def _refuse_duplicate(self, network: Network, but: Entry | None = None) -> None:
        for entry in self.entries:
            if entry.network == network and entry is not but:
                raise Duplicate(entry)


def newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the networks in the list's order: by `added_at`, then by position, never by id (R16).

    What is not stored yet is the newest.
    """

    def age(entry: Entry) -> tuple[bool, datetime, int]:
        return entry.added_at is None, entry.added_at or datetime.min.replace(tzinfo=UTC), entry.position

    return tuple(sorted(entries, key=age, reverse=True))


def parse_scope(text: str, address: Address | None) -> Scope:
    """Return how much of its surroundings a current address is listed with; "" means the default (R5, R5b).

    IPv4: always the address. IPv6: the subnet (most devices change their address often) unless `text` is "address";
    where that is not one household's or office's, the address.

    Raises:
        ScopeError: no such scope, or "subnet" for an address that has none of its own.
    """
    if text not in {"", "address", "subnet"}:
        raise ScopeError("Choose the single address or its network.")
    if address is None or address.family == 4 or text == "address":
        return "address"
    if offers_subnet(address):
        return "subnet"
    if text == "subnet":
        raise ScopeError(f"The network around {address} isn’t yours alone. Choose the single address.")
    return "address"


def current_network(address: Address, scope: str = "") -> Network:
    """Return the network that stands for a current address: itself or its /64 (R5). Raises ScopeError."""
    return Network.around(address, 64 if parse_scope(scope, address) == "subnet" else 8 * len(address.packed))


def leaves_out(result: Allowlist, address: Address | None) -> bool:
    """Whether the person at the address could not come back to the resulting list (R6, the one decision)."""
    return not result.lets_in(address)


def require_shown(shown: str | None, address: Address | None, *, adds: bool) -> None:
    """Refuse a yes that was given to another address than the request's own (R5a).

    `shown` is the address that the form named, None where it named none; that is enough unless the change `adds` the
    address. It is only compared, never used.

    Raises:
        AddressChanged: the form named another address, or none where one would be added.
        NoAddress: there is no trustworthy address to compare with.
    """
    if shown is None and not adds:
        return
    if address is None:
        raise NoAddress
    if shown != address.text:
        raise AddressChanged(shown or "")


def settle(
    before: Allowlist, after: Allowlist, address: Address | None, then: str = "", shown: str | None = None
) -> Allowlist:
    """Return the list to store: `after`, or what the chosen way out makes of it (R6).

    `then` acts only where the change leaves the actor out; otherwise it is ignored. `shown` is the address that the
    form named (R5a).

    Raises:
        AddressChanged: the form was made for another address; it says what would be asked of the present one.
        LeavesYouOut: no way out was chosen, or the chosen one is not offered here.
    """
    question = None
    if leaves_out(after, address):
        question = LeavesYouOut(ways_out(before, after, address), last=not after.entries)
    adds = question is not None and then == "add_current" and "add_current" in question.ways_out
    try:
        require_shown(shown, address, adds=adds)
    except AddressChanged as changed:
        raise AddressChanged(changed.shown, question) from None
    if question is None:
        return after
    if adds and address is not None:
        return after.add_current(address)
    if then == "deactivate":
        return after.deactivate()
    raise question


def ways_out(before: Allowlist, after: Allowlist, address: Address | None) -> tuple[WayOut, ...]:
    """Return the ways out of a refusal, the one to offer first in front (R6)."""
    if address is None or len(after.entries) >= MAX_NETWORKS:
        return ("deactivate",)
    kept = {entry.network for entry in after.entries}
    removed = {entry.network for entry in before.entries} - kept
    if current_network(address) in removed:
        return ("deactivate",)
    return ("deactivate", "add_current") if not after.entries else ("add_current", "deactivate")
