"""Ranges of addresses with a special meaning, and what kind each is: told of networks and of current addresses."""

from ipaddress import IPv6Network
from typing import Literal

from webapp.domain.network import Network

Kind = Literal[
    "private",
    "cgnat",
    "loopback",
    "link_local",
    "unique_local",
    "documentation",
    "never_matches",
    "translation",
    "protocols",
]

NAT64 = Network.from_canonical("64:ff9b::/96")  # RFC 6052: the last four bytes are the client's IPv4 address

# 2001::/23 are IETF protocol assignments (RFC 2928): Teredo, and ranges where nobody connects from, as ORCHIDs are.
_TEREDO, _PROTOCOLS = IPv6Network("2001::/32"), IPv6Network("2001::/23")

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("0.0.0.0/8", "never_matches"),  # "this network", RFC 791 3.2
    ("10.0.0.0/8", "private"),  # RFC 1918
    ("100.64.0.0/10", "cgnat"),  # RFC 6598
    ("127.0.0.0/8", "loopback"),  # RFC 1122 3.2.1.3
    ("169.254.0.0/16", "link_local"),  # RFC 3927
    ("172.16.0.0/12", "private"),  # RFC 1918
    ("192.0.0.0/24", "never_matches"),  # protocol assignments, RFC 6890 2.1
    ("192.0.2.0/24", "documentation"),  # TEST-NET-1, RFC 5737
    ("192.31.196.0/24", "never_matches"),  # AS112 service, RFC 7535
    ("192.52.193.0/24", "never_matches"),  # AMT relays, RFC 7450
    ("192.88.99.0/24", "never_matches"),  # 6to4 relays, RFC 7526
    ("192.168.0.0/16", "private"),  # RFC 1918
    ("192.175.48.0/24", "never_matches"),  # AS112 service, RFC 7534
    ("198.18.0.0/15", "never_matches"),  # benchmarking, RFC 2544
    ("198.51.100.0/24", "documentation"),  # TEST-NET-2, RFC 5737
    ("203.0.113.0/24", "documentation"),  # TEST-NET-3, RFC 5737
    ("224.0.0.0/4", "never_matches"),  # multicast, RFC 5771
    ("240.0.0.0/4", "never_matches"),  # class E, RFC 1112 4; with limited broadcast, RFC 919
    ("::/128", "never_matches"),  # unspecified, RFC 4291 2.5.2
    ("::1/128", "loopback"),  # RFC 4291 2.5.3
    ("::/96", "translation"),  # IPv4-compatible, RFC 4291 2.5.5.1
    ("::ffff:0:0:0/96", "translation"),  # IPv4-translated (SIIT), RFC 2765
    (NAT64.text, "translation"),  # RFC 6052
    ("64:ff9b:1::/48", "translation"),  # local-use NAT64, RFC 8215
    ("100::/64", "never_matches"),  # discard-only, RFC 6666
    ("100:0:0:1::/64", "never_matches"),  # dummy prefix, RFC 9780
    (str(_TEREDO), "translation"),  # RFC 4380
    *((str(rest), "never_matches") for rest in _PROTOCOLS.address_exclude(_TEREDO)),
    (str(_PROTOCOLS), "protocols"),
    ("2001:db8::/32", "documentation"),  # RFC 3849
    ("2002::/16", "translation"),  # 6to4, RFC 3056
    ("2620:4f:8000::/48", "never_matches"),  # AS112 service, RFC 7534
    ("3fff::/20", "documentation"),  # RFC 9637
    ("5f00::/16", "never_matches"),  # SRv6 segment identifiers, RFC 9602
    ("fc00::/7", "unique_local"),  # RFC 4193
    ("fe80::/10", "link_local"),  # RFC 4291 2.5.6
    ("fec0::/10", "private"),  # site-local, RFC 3879
    ("ff00::/8", "never_matches"),  # multicast, RFC 4291 2.7
)
# IANA's special-purpose address registries (RFC 6890), a narrower range before the wider one that contains it.
# Our own table, because the one inside `ipaddress` is as old as the Python that runs us.
RANGES = tuple((Network.from_canonical(text), kind) for text, kind in _KINDS)


def ranges_of(kind: Kind) -> tuple[Network, ...]:
    """The ranges of a kind."""
    return tuple(network for network, other in RANGES if other == kind)
