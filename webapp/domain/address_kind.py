"""What kind of address a current address is: one that many people may share, or one that stands for another (R5b)."""

from webapp.domain.address import Address, canonical
from webapp.domain.network import Network

# In words that follow "at"; no range contains another one.
_SHARED = tuple(
    (Network.from_canonical(text), words)
    for text, words in (
        ("10.0.0.0/8", "a private address"),  # RFC 1918
        ("172.16.0.0/12", "a private address"),
        ("192.168.0.0/16", "a private address"),
        ("100.64.0.0/10", "a carrier-grade NAT address"),  # RFC 6598
        ("169.254.0.0/16", "a link-local address"),  # RFC 3927
        ("fe80::/10", "a link-local address"),  # RFC 4291 2.5.6
        ("fc00::/7", "a unique local address"),  # RFC 4193
        ("fec0::/10", "a private address"),  # site-local, RFC 3879
        ("127.0.0.0/8", "a loopback address"),  # RFC 1122 3.2.1.3
        ("::1/128", "a loopback address"),  # RFC 4291 2.5.3
    )
)
_NAT64 = Network.from_canonical("64:ff9b::/96")  # RFC 6052: the last four bytes are the client's IPv4 address
# Here a /64 is no household: it is everybody behind one translator, one Teredo server, or all of IPv4.
_STANDS_FOR_ANOTHER = (
    _NAT64,
    *map(
        Network.from_canonical,
        (
            "64:ff9b:1::/48",  # local-use NAT64, RFC 8215
            "2001::/32",  # Teredo, RFC 4380
            "2002::/16",  # 6to4, RFC 3056
            "::/96",  # IPv4-compatible, RFC 4291 2.5.5.1
            "::ffff:0:0:0/96",  # IPv4-translated (SIIT), RFC 2765
        ),
    ),
)


def shared_remark(address: Address | None) -> str:
    """What to say of a current address that many people may share, as a sentence; "" where there is nothing to say."""
    for network, words in _SHARED:
        if address is not None and address in network:
            return (
                f"The portal sees you at {words}. If everybody arrives there, the list can’t tell people apart; "
                "whoever runs the portal should check its proxy settings."
            )
    return ""


def offers_subnet(address: Address) -> bool:
    """Whether the /64 around the address is one household's or office's, so that it may be offered as "my network"."""
    return address.family == 6 and not any(address in network for network in _STANDS_FOR_ANOTHER)


def client_network(address: Address) -> Network:
    """Whom failed sign-ins from the address are counted for: one person, household or office.

    IPv4: the address; IPv6: its /64. Behind NAT64 the IPv4 address that is translated, so that the two ways of one
    client count together and those of two never do; other translated or tunnelled addresses each for themselves.
    """
    if address in _NAT64:
        address = Address(canonical(address.packed[12:]), address.packed[12:])
    return Network.around(address, 64 if offers_subnet(address) else 8 * len(address.packed))


def client_address(address: Address) -> Address:
    """The client as one address, the same for all of a household's: the first one of `client_network`."""
    first = client_network(address).first
    return Address(canonical(first), first)
