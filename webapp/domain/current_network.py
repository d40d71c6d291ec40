"""The network that stands on a list for an address: a current one, or one that was checked or blocked (R5, R5b)."""

from __future__ import annotations

from typing import Literal

from webapp.domain.address import Address
from webapp.domain.address_kind import offers_subnet
from webapp.domain.network import Network

Scope = Literal["address", "subnet"]


class ScopeError(ValueError):
    """A scope that there is not, or not for this address: the text is a sentence with the way out."""


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
    """Return the network that stands for an address: itself or its /64 (R5). Raises ScopeError."""
    return Network.around(address, 64 if parse_scope(scope, address) == "subnet" else 8 * len(address.packed))
