"""Networks as hexadecimal text that sorts each before those that it contains: family, first address, prefix.

Two networks are nested or have nothing in common. So what a network contains is one range of keys, and what contains
it is one key for each shorter prefix.
"""

from __future__ import annotations

from webapp.domain.network import Network

LENGTH = 2 * (1 + 16 + 1)


def key_of(network: Network) -> str:
    """Return the network's key."""
    return _key(network.family, network.first, network.prefix)


def inside(network: Network) -> tuple[str, str]:
    """Return the first and the last key of the networks inside, its own among them."""
    return key_of(network), _key(network.family, network.last, 8 * len(network.last))


def around(network: Network) -> list[str]:
    """Return the keys of the networks that contain it, its own among them."""
    width = 8 * len(network.first)
    number = int.from_bytes(network.first)
    firsts = ((number >> (width - prefix) << (width - prefix), prefix) for prefix in range(network.prefix + 1))
    return [_key(network.family, first.to_bytes(len(network.first)), prefix) for first, prefix in firsts]


def _key(family: int, first: bytes, prefix: int) -> str:
    return (bytes([family]) + first + bytes([prefix])).hex()
