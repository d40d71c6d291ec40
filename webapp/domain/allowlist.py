"""The list as an immutable value: every change gives a new list, or says why not (R3 to R7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import ClassVar, Literal

from webapp.domain.address import Address
from webapp.domain.admission import admits, effective_networks
from webapp.domain.current_network import current_network
from webapp.domain.network import Network

MAX_NETWORKS = 1_000

WayOut = Literal["add_current", "deactivate"]


class Refused(Exception):
    """A change that is not made. `code` names the reason, in the log and in the page (`data-refused`)."""

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
        found = (entry for entry in effective_networks(self.entries) if address in entry.network)
        return tuple(sorted(found, key=lambda entry: -entry.network.prefix))

    def covers(self, address: Address | None) -> bool:
        """Whether some network of the list contains the address (same family only)."""
        return address is not None and any(address in entry.network for entry in effective_networks(self.entries))

    def admits(self, address: Address | None) -> bool:
        """Whether somebody at the address may use the portal (R8, R11)."""
        return admits(self.active, address, self.covers)

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

    def add_all(self, networks: Sequence[Network]) -> Allowlist:
        """Return the list with these networks, the first one on top; what is on it stays as it is. Raises Full."""
        listed = {entry.network for entry in self.entries}
        result = self
        for network in reversed([one for one in networks if one not in listed]):
            result = result.add(network)
        return result

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
