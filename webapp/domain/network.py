"""A network of the allowlist: a CIDR block of IPv4 or IPv6 addresses."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Self

from webapp.domain.address import MAPPED, Address, AddressError, canonical, pack, unwrap
from webapp.domain.malformed import address_error, read_prefix
from webapp.domain.network_error import NetworkError, offers
from webapp.domain.notation import cleaned, given, other_notation
from webapp.domain.pasted import in_pasted

_REMEMBERED = 50_000  # networks; about 20 MB

__all__ = ["Network", "NetworkError", "common_text", "parse_network"]


@dataclass(frozen=True, slots=True)
class Network:
    """A CIDR block: canonical text (RFC 5952, prefix always shown), first and last address (4 or 16 bytes), prefix."""

    text: str
    first: bytes
    last: bytes
    prefix: int

    @classmethod
    def around(cls, address: Address, prefix: int) -> Self:
        """The network of that prefix that contains the address. Raises ValueError for a prefix its family hasn't."""
        return cls._spanning(address.packed, prefix)

    @staticmethod
    @lru_cache(maxsize=_REMEMBERED)
    def from_canonical(text: str) -> "Network":
        """The network of a canonical text that we stored. Raises ValueError for any other spelling.

        Remembered, because a list is read far more often than its networks change.
        """
        address, _, prefix = text.partition("/")
        network = Network._spanning(pack(address), int(prefix))
        if network.text != text or network.first.startswith(MAPPED):
            raise ValueError("not a canonical network")
        return network

    @classmethod
    def _spanning(cls, packed: bytes, prefix: int) -> Self:
        width = len(packed)
        if not 0 <= prefix <= 8 * width:
            raise ValueError("no such prefix length")
        number, hosts = int.from_bytes(packed), (1 << (8 * width - prefix)) - 1
        first = (number & ~hosts).to_bytes(width)
        return cls(f"{canonical(first)}/{prefix}", first, (number | hosts).to_bytes(width), prefix)

    @property
    def family(self) -> Literal[4, 6]:
        return 4 if len(self.first) == 4 else 6

    @property
    def size(self) -> int:
        """How many addresses it contains."""
        return 1 << (8 * len(self.first) - self.prefix)

    @property
    def is_wide(self) -> bool:
        """Whether adding it needs a confirmation: IPv4 wider than /8, IPv6 wider than /20."""
        return self.prefix < (8 if self.family == 4 else 20)

    def __contains__(self, address: Address) -> bool:
        """Families first: ::/0 contains no IPv4 address."""
        return len(address.packed) == len(self.first) and self.first <= address.packed <= self.last

    def contains_network(self, other: "Network") -> bool:
        """Whether every address of the other network is in this one (also when they are equal)."""
        return len(other.first) == len(self.first) and self.first <= other.first and other.last <= self.last

    def __str__(self) -> str:
        return self.text


def common_text(network: Network) -> str:
    """Return what the texts of all its addresses begin with, in whole octets or groups.

    Of IPv6 only up to the first group of zeros, which may be written as `::` together with others (RFC 5952 4.2).
    """
    width, base, between = (1, "d", ".") if network.family == 4 else (2, "x", ":")
    text, parts = "", min(network.prefix // (8 * width), len(network.first) // width - 1)
    for start in range(0, parts * width, width):
        part = int.from_bytes(network.first[start : start + width])
        if part == 0 and network.family == 6:
            break
        text += f"{part:{base}}{between}"
    return text


def parse_network(value: object) -> Network:
    """Read a network that a person typed: an address (one address) or a CIDR block without host bits.

    Blanks at the ends are ignored, everything else that `ipaddress` forgives (masks, /08, zones, integers) is an error
    with its cause. Raises NetworkError only; takes time linear in the length of the value.
    """
    text = given(value)
    try:
        return _read(text)
    except NetworkError as error:
        raise (error if error.suggestions else in_pasted(text, error, _read)) from None


def _read(text: str) -> Network:
    text = cleaned(text)
    if error := other_notation(text):
        raise error
    address, slash, tail = text.partition("/")
    try:
        packed = pack(address)
    except AddressError:
        raise address_error(address, slash + tail) from None
    prefix = read_prefix(address, tail) if slash else 8 * len(packed)
    if packed.startswith(MAPPED):
        raise _mapped_error(packed, prefix)
    typed = Address(canonical(packed), packed)
    network = Network.around(typed, prefix)
    if network.first != packed:
        raise _host_bits_error(typed, network)
    return network


def _mapped_error(packed: bytes, prefix: int) -> NetworkError:
    """Addresses of clients are unwrapped, so a mapped network would never match, or be all of IPv4 in disguise."""
    address = canonical(unwrap(packed))
    suggestions = offers(f"{address}/{prefix - 96}" if prefix >= 96 else address)
    message = f"Write this as IPv4, without the ::ffff: in front: {suggestions[0]}."
    return NetworkError("ipv4_mapped", message, suggestions)


def _host_bits_error(address: Address, network: Network) -> NetworkError:
    size, ends = f"/{network.prefix}", ""
    if network.family == 4:  # an IPv6 network's last address is long, and tells nobody anything
        ends = f", {canonical(network.first)} to {canonical(network.last)}"
    message = f"A {size} can’t start at {address}. The {size} that contains it is {network}{ends}."
    return NetworkError("host_bits", message, (network.text, Network.around(address, 8 * len(address.packed)).text))
