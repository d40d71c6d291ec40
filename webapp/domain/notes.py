"""Remarks about a network or a whole list: helpful to know, never an obstacle."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv6Network

from webapp.domain.address import Address
from webapp.domain.address_kind import shared_remark
from webapp.domain.coverage import Coverage, merged
from webapp.domain.network import Network

_A_PROXY = (
    "an address of the portal’s own proxies, so everybody would be let in if the portal ever took the proxy for the "
    "person behind it."
)
NOTE_TEXT = {
    "admits_every_ipv4": "This lets in every IPv4 address, so nobody on IPv4 is kept out.",
    "admits_every_ipv6": "This lets in every IPv6 address, so nobody on IPv6 is kept out.",
    "very_wide": "This is wider than any one organisation’s network: list only addresses that are yours.",
    "private": "Nobody reaches the portal over the internet from private addresses: list your public address instead.",
    "shared_cgnat": "Providers use these addresses inside their own network only: list your public address instead.",
    "loopback": "Only the server that runs the portal can connect from a loopback address.",
    "link_local": "Link-local addresses work only within one cable or Wi-Fi: list your public address instead.",
    "documentation": "These addresses are reserved for examples: nobody connects from them over the internet.",
    "never_matches": "Nobody can connect from here, so this lets no one in; 0.0.0.0 or :: alone doesn’t mean everyone.",
    "translation_prefix": "These IPv6 addresses stand for IPv4 ones, but let nobody in who connects by plain IPv4.",
    "already_covered": "Another listed network contains this one, so it changes nothing while that one stays.",
    "covers_proxy": f"This contains {_A_PROXY}",
    "one_family_only": "Only IPv4 or only IPv6 is listed: somebody whose connection has both may arrive by the other.",
}

# The same of a row of the list, in as few words as say why; what they deny is not said of a row that is used.
TAG_TEXT = {
    "admits_every_ipv4": "Every IPv4 address",
    "admits_every_ipv6": "Every IPv6 address",
    "very_wide": "Very wide",
    "private": "Private: not on the internet",
    "shared_cgnat": "Internal to providers",
    "loopback": "The portal’s server only",
    "link_local": "One cable or Wi-Fi only",
    "documentation": "Reserved for examples",
    "never_matches": "Nobody can connect from here",
    "translation_prefix": "Stands for IPv4 addresses",
}
_DENIED_BY_USE = frozenset(TAG_TEXT) - {"admits_every_ipv4", "admits_every_ipv6", "very_wide", "translation_prefix"}

# These say that nobody comes from there, which is no news to somebody who does: R5b has words for them.
_NOBODY_COMES_FROM = frozenset({"private", "shared_cgnat", "loopback", "link_local"})

# 2001::/23 are IETF protocol assignments (RFC 2928): Teredo, and ranges where nobody connects from, as ORCHIDs are.
_TEREDO, _PROTOCOLS = IPv6Network("2001::/32"), IPv6Network("2001::/23")

# IANA's special-purpose address registries (RFC 6890), a narrower range before the wider one that contains it.
# Our own table, because the one inside `ipaddress` is as old as the Python that runs us.
_SPECIAL = tuple(
    (Network.from_canonical(text), code)
    for text, code in (
        ("0.0.0.0/8", "never_matches"),  # "this network", RFC 791 3.2
        ("10.0.0.0/8", "private"),  # RFC 1918
        ("100.64.0.0/10", "shared_cgnat"),  # RFC 6598
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
        ("::/96", "translation_prefix"),  # IPv4-compatible, RFC 4291 2.5.5.1
        ("::ffff:0:0:0/96", "translation_prefix"),  # IPv4-translated (SIIT), RFC 2765
        ("64:ff9b::/96", "translation_prefix"),  # NAT64, RFC 6052
        ("64:ff9b:1::/48", "translation_prefix"),  # local-use NAT64, RFC 8215
        ("100::/64", "never_matches"),  # discard-only, RFC 6666
        ("100:0:0:1::/64", "never_matches"),  # dummy prefix, RFC 9780
        (str(_TEREDO), "translation_prefix"),  # RFC 4380
        *((str(rest), "never_matches") for rest in _PROTOCOLS.address_exclude(_TEREDO)),
        (str(_PROTOCOLS), "translation_prefix"),  # with Teredo in it, the only part that anybody connects from
        ("2001:db8::/32", "documentation"),  # RFC 3849
        ("2002::/16", "translation_prefix"),  # 6to4, RFC 3056
        ("2620:4f:8000::/48", "never_matches"),  # AS112 service, RFC 7534
        ("3fff::/20", "documentation"),  # RFC 9637
        ("5f00::/16", "never_matches"),  # SRv6 segment identifiers, RFC 9602
        ("fc00::/7", "private"),  # unique local, RFC 4193
        ("fe80::/10", "link_local"),  # RFC 4291 2.5.6
        ("fec0::/10", "private"),  # site-local, RFC 3879
        ("ff00::/8", "never_matches"),  # multicast, RFC 4291 2.7
    )
)

_SPECIAL_OF = {width: tuple(one for one in _SPECIAL if len(one[0].first) == width) for width in (4, 16)}


def notes(network: Network) -> tuple[str, ...]:
    """The codes (keys of NOTE_TEXT) of what is worth knowing about a network before it is listed."""
    if network.prefix == 0:
        return (f"admits_every_ipv{network.family}",)
    for special, code in _SPECIAL_OF[len(network.first)]:
        if special.contains_network(network):
            return (code,)
    return ("very_wide",) if network.is_wide else ()


def tag_code(network: Network, *, is_used: bool) -> str:
    """The code (a key of TAG_TEXT) of what a listed network is to be tagged with; "" for an ordinary one.

    `is_used`: somebody has come from there, whatever the registries say.
    """
    code = next(iter(notes(network)), "")
    return "" if is_used and code in _DENIED_BY_USE else code


def list_notes(networks: Iterable[Network]) -> tuple[str, ...]:
    """The codes (keys of NOTE_TEXT) of what is worth knowing about the networks of a list taken together.

    Looks at the union: 0.0.0.0/1 and 128.0.0.0/1 admit every IPv4 address although neither does alone.
    """
    networks = tuple(networks)
    codes = [f"admits_every_ipv{family}" for family in whole_families(networks)]
    is_one_family = len({network.family for network in networks}) == 1
    return (*codes, "one_family_only") if is_one_family else tuple(codes)


def whole_families(networks: Iterable[Network]) -> list[int]:
    """The families, 4 and 6, of which these networks taken together contain every address."""
    by_family: dict[int, list[Network]] = {}
    for network in networks:
        by_family.setdefault(network.family, []).append(network)
    return [family for family in sorted(by_family) if _is_whole_family(by_family[family])]


def remarks(
    network: Network, others: Iterable[Network], address: Address | None = None, proxies: Iterable[Network] = ()
) -> list[str]:
    """What is worth knowing about a network that has just been listed beside others, as sentences.

    `address` is that of the person who listed it, `proxies` are those whose word about addresses the portal believes.
    """
    others = tuple(others)
    shared = shared_remark(address) if address and address in network else ""
    inside = [other for other in others if network.contains_network(other)]
    codes = ["already_covered"] if any(other.contains_network(network) for other in others) else []
    codes += [code for code in notes(network) if not (shared and code in _NOBODY_COMES_FROM)]
    codes += ["covers_proxy"] if Coverage(proxies).overlaps(network) else []
    said = [NOTE_TEXT[code] for code in codes]
    return [*([_superfluous(inside)] if inside else []), *said, *([shared] if shared else [])]


def _superfluous(inside: Sequence[Network]) -> str:
    are, they_change = ("is", "it changes") if len(inside) == 1 else ("are", "they change")
    return f"{_named(inside)} {are} inside this one, so {they_change} nothing while this one stays."


def proxy_remark(networks: Iterable[Network], proxies: Iterable[Network]) -> str:
    """What to say of a list's networks that contain a trusted proxy's address; "" where none does."""
    trusted = Coverage(proxies)
    found = [network for network in networks if trusted.overlaps(network)]
    return f"{_named(found)} contain{'s' if len(found) == 1 else ''} {_A_PROXY}" if found else ""


def _named(networks: Sequence[Network]) -> str:
    return f"{networks[0]} and {len(networks) - 1:,} more" if len(networks) > 1 else networks[0].text


def _is_whole_family(networks: list[Network]) -> bool:
    if any(min(network.first for network in networks)):
        return False  # mostly: without the lowest address there is nothing to merge
    _, last = merged(networks)[0]
    return all(byte == 0xFF for byte in last)
