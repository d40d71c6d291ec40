"""Who is calling, by peer and X-Forwarded-For, which is believed only from a proxy that we trust (R11)."""

import re
from dataclasses import dataclass
from typing import Self

from webapp.domain.address import Address, AddressError, parse_address
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network, NetworkError, parse_network
from webapp.domain.network_error import BLANKS
from webapp.domain.notes import whole_families

HEADER_LIMIT = 8192  # characters, one per byte
WALK_LIMIT = 64  # elements; RFC 9110 5.6.1: empty ones must not become a denial of service
UNIX = "unix:"

# a.b.c.d, a.b.c.d:port, [v6], [v6]:port, v6: what proxies write, and nothing that they don't
_ELEMENT = re.compile(
    r"(?:\[(?P<bracketed>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]|(?P<dotted>[0-9.]+))(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"|(?P<bare>[0-9A-Fa-f:.]+)"
)
# No TCP connection comes from these: unspecified, multicast, broadcast (RFC 1122 3.2.1.3, RFC 4291 2.5.2 and 2.7).
_IMPOSSIBLE = Coverage(
    map(Network.from_canonical, ("0.0.0.0/32", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8"))
)


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The peers whose X-Forwarded-For is believed: networks, and whether a Unix socket is one of them."""

    networks: tuple[Network, ...] = ()
    unix: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read TRUSTED_PROXIES: addresses, CIDR blocks and `unix:`, separated by commas; empty trusts nobody.

        Raises ValueError with one clear line for everything else, and for what is or adds up to a /0, so that the
        process doesn't start: a bad list must never mean 'trust nobody' or 'trust all' silently.
        """
        words = [word.strip(BLANKS) for word in text.split(",")]
        if words == [""]:
            return cls()
        networks = tuple(_trusted_network(word) for word in words if word != UNIX)
        for family in whole_families(networks):
            raise ValueError(f"together they are every IPv{family} address, so every client could choose its own")
        return cls(networks, UNIX in words)

    @property
    def wide(self) -> tuple[Network, ...]:
        """The networks beyond /24 (IPv4) and /64 (IPv6): every machine in them can claim any address."""
        return tuple(network for network in self.networks if network.prefix < (24 if network.family == 4 else 64))

    def __bool__(self) -> bool:
        """Whether anybody is trusted."""
        return self.unix or bool(self.networks)

    def __contains__(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def _trusted_network(word: str) -> Network:
    if not word:
        raise ValueError("nothing stands between two commas or at an end")
    try:
        network = parse_network(word)
    except NetworkError as error:
        raise ValueError(f"{word[:64]!r}: {error.message}") from None
    if network.prefix == 0:
        raise ValueError(f"{network} would let every client choose its own address")
    return network


@dataclass(frozen=True, slots=True)
class Resolved:
    """The client's address, or None when there is no trustworthy one; `problem` is a code for the log.

    Codes: peer_unparseable, header_missing, too_long, too_many, not_an_address, all_trusted, impossible. The code
    empty_element comes with an address: such a header is legal but hints at a proxy that needs a look.
    """

    address: Address | None
    problem: str | None = None


def resolve(peer: str | None, header: str | None, trusted: TrustedProxies) -> Resolved:
    """The client of a request: the peer, or if that is trusted the first untrusted address from the header's right.

    `peer` is WSGI's REMOTE_ADDR ('' or 'unix:' for a Unix socket), `header` X-Forwarded-For with its lines joined by
    commas, as WSGI does. Never falls back to a proxy's own address: a list with that on it would let everybody in
    (ASVS 5.0 4.1.3 and 15.3.4, R11).
    """
    if peer in ("", UNIX):
        return _walk(header or "", trusted) if trusted.unix else Resolved(None, "peer_unparseable")
    try:
        address = peer_address(peer)
    except AddressError:
        return Resolved(None, "peer_unparseable")
    return _walk(header or "", trusted) if address in trusted else _client(address)


def peer_address(peer: str | None) -> Address:
    """The peer without a zone (fe80::1%eth0), which names an interface of this machine; only a peer may have one.

    Raises:
        AddressError: it is no address.
    """
    address, percent, _ = (peer or "").partition("%")
    return parse_address(address if percent and ":" in address else peer)


def _walk(header: str, trusted: TrustedProxies) -> Resolved:
    """From the right, because each proxy appends; what stands left of the client is the client's own claim."""
    if len(header) > HEADER_LIMIT:
        return Resolved(None, "too_long")
    elements = [element.strip(" \t") for element in header.rsplit(",", WALK_LIMIT)]
    skipped = None
    for element in reversed(elements[-WALK_LIMIT:]):
        if not element:
            skipped = "empty_element"
            continue
        try:
            address = element_address(element)
        except AddressError:
            return Resolved(None, "not_an_address")
        if address not in trusted:
            return _client(address, skipped)
    if len(elements) > WALK_LIMIT:
        return Resolved(None, "too_many")
    return Resolved(None, "all_trusted" if any(elements) else "header_missing")


def element_address(element: str) -> Address:
    """Return the address of an element of the header, which may have a port.

    Raises:
        AddressError: it is none, or not written as proxies write it.
    """
    match = _ELEMENT.fullmatch(element)
    if match is None or int(match["port"] or 1) > 65535:
        raise AddressError("not an address with an optional port")
    return parse_address(match["bracketed"] or match["dotted"] or match["bare"])


def _client(address: Address, problem: str | None = None) -> Resolved:
    return Resolved(None, "impossible") if _IMPOSSIBLE.covers(address) else Resolved(address, problem)
