"""Remarks about a network or a whole list: helpful to know, never an obstacle."""

from collections.abc import Iterable, Sequence

from webapp.domain.address import Address
from webapp.domain.address_kind import shared_remark
from webapp.domain.coverage import Coverage, merged
from webapp.domain.network import Network
from webapp.domain.special_ranges import RANGES

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

# These say that nobody comes from there, which is no news to somebody who does: R5b has words for them.
_NOBODY_COMES_FROM = frozenset({"private", "shared_cgnat", "loopback", "link_local"})

# The codes of kinds of ranges, where they have another name here.
_CODES = {
    "cgnat": "shared_cgnat",
    "unique_local": "private",
    "translation": "translation_prefix",
    "protocols": "translation_prefix",  # with Teredo in it, the only part that anybody connects from
}
_SPECIAL = tuple((network, _CODES.get(kind, kind)) for network, kind in RANGES)


def notes(network: Network) -> tuple[str, ...]:
    """The codes (keys of NOTE_TEXT) of what is worth knowing about a network before it is listed."""
    if network.prefix == 0:
        return (f"admits_every_ipv{network.family}",)
    for special, code in _SPECIAL:
        if special.contains_network(network):
            return (code,)
    return ("very_wide",) if network.is_wide else ()


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
