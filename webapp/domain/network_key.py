"""Networks as bytes that sort each before those that it contains: family, first address, prefix.

Two networks are nested or have nothing in common. So what a network contains is one range of keys, and what contains
it is one key for each shorter prefix.
"""

from __future__ import annotations

from webapp.domain.network import Network


def key_of(network: Network) -> bytes:
    """Return the network's key."""
    return bytes([network.family]) + network.first + bytes([network.prefix])


def inside(network: Network) -> tuple[bytes, bytes]:
    """Return the first and the last key of the networks inside, its own among them."""
    return key_of(network), bytes([network.family]) + network.last + bytes([8 * len(network.last)])


def around(network: Network) -> list[bytes]:
    """Return the keys of the networks that contain it, its own among them."""
    width = 8 * len(network.first)
    number, family = int.from_bytes(network.first), bytes([network.family])
    firsts = ((number >> (width - prefix) << (width - prefix), prefix) for prefix in range(network.prefix + 1))
    return [family + first.to_bytes(len(network.first)) + bytes([prefix]) for first, prefix in firsts]
