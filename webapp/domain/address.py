"""One IPv4 or IPv6 address, read strictly."""

from dataclasses import dataclass
from ipaddress import IPv6Address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Literal

MAPPED = bytes(10) + b"\xff\xff"  # ::ffff:0:0/96, the IPv4-mapped IPv6 addresses (RFC 4291 2.5.5.2)


class AddressError(ValueError):
    """The value is not one IPv4 or IPv6 address."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address: canonical text (RFC 5952) and its 4 or 16 bytes in network order. Never IPv4-mapped."""

    text: str
    packed: bytes

    @property
    def family(self) -> Literal[4, 6]:
        return 4 if len(self.packed) == 4 else 6

    def __str__(self) -> str:
        return self.text


def parse_address(text: object) -> Address:
    """Read an address as a client or a person may write it.

    Only `str`: four decimal octets without leading zeros, or IPv6 as in RFC 4291 2.2. No blanks, zone, port, brackets
    or prefix. `::ffff:a.b.c.d` becomes IPv4, or no IPv4 network would ever contain it; NAT64, 6to4, Teredo and SIIT
    stay IPv6, since anybody can make such an address. Raises AddressError (ASVS 5.0 1.5.3: one parser for everything).
    """
    if type(text) is not str:
        raise AddressError("an address is text")
    packed = unwrap(pack(text))
    return Address(canonical(packed), packed)


def pack(text: str) -> bytes:
    """The 4 or 16 bytes of an address exactly as written (mapped stays 16 bytes). Raises AddressError."""
    try:
        return inet_pton(AF_INET6 if ":" in text else AF_INET, text)
    except (OSError, ValueError):  # ValueError: a NUL or a lone surrogate
        raise AddressError("not an IPv4 or IPv6 address") from None


def unwrap(packed: bytes) -> bytes:
    """The IPv4 bytes inside an IPv4-mapped address, any other address unchanged."""
    return packed[12:] if packed.startswith(MAPPED) else packed


def canonical(packed: bytes) -> str:
    """The RFC 5952 text of 4 or 16 bytes."""
    if len(packed) == 4:
        return inet_ntop(AF_INET, packed)
    text = inet_ntop(AF_INET6, packed)
    # The C library writes ::/96 with a dotted tail; the RFC keeps that for prefixes known to hold IPv4 addresses.
    return str(IPv6Address(packed)) if "." in text else text
