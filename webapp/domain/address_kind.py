"""What kind of address a current address is: one that many people may share, or one that stands for another (R5b)."""

from webapp.domain.address import Address, canonical
from webapp.domain.network import Network
from webapp.domain.special_ranges import NAT64, RANGES, Kind, ranges_of

# Kinds of ranges that many people may share, in words that follow "at".
_SHARED: dict[Kind, str] = {
    "private": "a private address",
    "cgnat": "a carrier-grade NAT address",
    "link_local": "a link-local address",
    "unique_local": "a unique local address",
    "loopback": "a loopback address",
}
# Here a /64 is no household: it is everybody behind one translator, one Teredo server, or all of IPv4.
_STANDS_FOR_ANOTHER = ranges_of("translation")


def shared_remark(address: Address | None) -> str:
    """What to say of a current address that many people may share, as a sentence; "" where there is nothing to say."""
    kind = next((kind for network, kind in RANGES if address is not None and address in network), None)
    if kind not in _SHARED:
        return ""
    return (
        f"The portal sees you at {_SHARED[kind]}. If everybody arrives there, the list can’t tell people apart; "
        "whoever runs the portal should check its proxy settings."
    )


def offers_subnet(address: Address) -> bool:
    """Whether the /64 around the address is one household's or office's, so that it may be offered as "my network"."""
    return address.family == 6 and not any(address in network for network in _STANDS_FOR_ANOTHER)


def client_network(address: Address) -> Network:
    """Whom failed sign-ins from the address are counted for: one person, household or office.

    IPv4: the address; IPv6: its /64. Behind NAT64 the IPv4 address that is translated, so that the two ways of one
    client count together and those of two never do; other translated or tunnelled addresses each for themselves.
    """
    if address in NAT64:
        address = Address(canonical(address.packed[12:]), address.packed[12:])
    return Network.around(address, 64 if offers_subnet(address) else 8 * len(address.packed))


def client_address(address: Address) -> Address:
    """The client as one address, the same for all of a household's: the first one of `client_network`."""
    first = client_network(address).first
    return Address(canonical(first), first)
