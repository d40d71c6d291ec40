"""Why a text is not a network, and what to offer instead."""

import re
from ipaddress import ip_interface

from webapp.domain.address import AddressError, pack, parse_address

BLANKS = " \t\r\n"  # and no others: str.strip() would also eat U+00A0 and U+0085
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")


class NetworkError(ValueError):
    """Why a text is not a network.

    `code` names the cause for programs, `message` is a sentence for people, `suggestions` are canonical networks that
    may have been meant, the likeliest first; `comment` is what stood around them. `networks` are several canonical ones
    that the text means together.
    """

    def __init__(
        self,
        code: str,
        message: str,
        suggestions: tuple[str, ...] = (),
        comment: str = "",
        networks: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.suggestions = suggestions
        self.comment = comment
        self.networks = networks


def offers(text: str) -> tuple[str, ...]:
    """What to offer for an address or network: its canonical form; with host bits the network, then the one address."""
    address, slash, prefix = text.strip(BLANKS).partition("/")
    if slash and not _PREFIX.fullmatch(prefix):
        return ()
    try:
        meant = parse_address(address)
        if slash and ":" in address and meant.family == 4:
            return ()  # ::ffff:10.0.0.0/24: an IPv6 prefix says nothing about the IPv4 address
        interface = ip_interface(f"{meant}{slash}{prefix}")
    except ValueError:
        return ()
    network, single = str(interface.network), f"{interface.ip}/{interface.max_prefixlen}"
    return (network,) if interface.network.network_address == interface.ip else (network, single)


def is_address(text: str) -> bool:
    """Whether `parse_address` takes the text."""
    try:
        pack(text)
    except AddressError:
        return False
    return True


def example_for(text: str) -> str:
    """A network to show in an error, of the family that was typed."""
    is_ipv6 = text.count(":") > 1 or re.match(r"[0-9a-f]{1,4}:", text, re.IGNORECASE)
    return "2001:db8::/64" if is_ipv6 else "203.0.113.0/24"
