"""An address that was checked, as the page shows the answer."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.address import Address
from webapp.domain.allowlist import Entry
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.settings.allowlist.forms.field_errors import FieldError
from webapp.settings.allowlist.views.section import Section
from webapp.storage.blocked_attempts import Attempts


@dataclass(frozen=True, slots=True)
class Wider:
    """A network that was typed, or may be meant, in place of one address: what of the list it is about."""

    network: Network
    containing: tuple[Entry, ...]
    within: int

    @classmethod
    def of(cls, network: Network, section: Section) -> Wider:
        """Compare the network with the listed ones, the narrowest that contains it first."""
        entries = section.allowlist.entries
        containing = [entry for entry in entries if entry.network.contains_network(network)]
        within = sum(network.contains_network(entry.network) and entry.network != network for entry in entries)
        return cls(network, tuple(sorted(containing, key=lambda entry: -entry.network.prefix)), within)


@dataclass(frozen=True, slots=True)
class Check:
    """The question as it was typed, and its answer or what is wrong with it.

    `addresses` may be meant, and can be checked by a button; `wider` are networks that were typed or may be meant.
    """

    typed: str
    address: Address | None = None
    covering: tuple[Entry, ...] = ()
    error: FieldError | None = None
    addresses: tuple[str, ...] = ()
    wider: tuple[Wider, ...] = ()
    attempts: Attempts | None = None

    @property
    def network(self) -> Network | None:
        """The network to list for the address: as for a current one (R5)."""
        return current_network(self.address) if self.address else None
