"""Notations that people know from elsewhere: recognised, to say what is meant here and to offer it.

Everything here works on at most 64 characters of printable ASCII.
"""

import re
import unicodedata
from collections.abc import Callable
from ipaddress import ip_address, summarize_address_range

from webapp.domain.address import parse_address
from webapp.domain.malformed import four_parts, mask_error
from webapp.domain.network_error import BLANKS, NetworkError, example_for, is_address, offers

MAX_CHARACTERS = 64  # the longest sound network has 49; a cap before parsing keeps every later step short
MAX_NAMED = 12  # networks of a range, in a sentence


def given(value: object) -> str:
    """The text without blanks at its ends. Raises NetworkError where nothing is left, and for what is not text."""
    if type(value) is not str:  # ipaddress would take 167772161, True, b"\n\0\0\1" and ["10.0.0.0", 8]
        raise NetworkError("type", "A network must be given as text.")
    text = value.strip(BLANKS)
    if not text:
        raise NetworkError("required", "Enter a network.")
    return text


def cleaned(text: str) -> str:
    """The text, which has 1 to 64 characters of printable ASCII or blanks. Raises NetworkError."""
    if len(text) > MAX_CHARACTERS:
        raise NetworkError("too_long", f"This is too long: a network has at most {MAX_CHARACTERS} characters.")
    stranger = next((character for character in text if not (" " <= character <= "~" or character in BLANKS)), None)
    if stranger:
        raise _invalid_character(stranger)
    return text


def _invalid_character(stranger: str) -> NetworkError:
    name = unicodedata.name(stranger, "").lower()
    label = f"U+{ord(stranger):04X} ({name})" if name else f"U+{ord(stranger):04X}"
    message = f"The character {label} doesn’t belong here: a network has digits, a-f, dots, colons and one slash."
    return NetworkError("invalid_character", message)


def other_notation(text: str) -> NetworkError | None:
    """The error for a notation that people use elsewhere, or None when the text may be an address and a prefix."""
    return next(filter(None, (recognise(text) for recognise in _NOTATIONS)), None)


def _link(text: str) -> NetworkError | None:
    if "://" not in text:
        return None
    message = "Enter the address itself, not a link."
    match = re.fullmatch(r"[A-Za-z]+://(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\])(?::[0-9]+)?(?:/(?![0-9]).*|[?#].*)?", text)
    return NetworkError("url", message, offers(match[1] or match[2]) if match else ())


def _negation(text: str) -> NetworkError | None:
    if not text.startswith("!"):
        return None
    return NetworkError("negation", "A list can only let networks in: leave out what should stay outside.")


def _zone(text: str) -> NetworkError | None:
    address, percent, zone = text.lstrip("[").partition("%")
    if not percent or ":" not in address or not _is_network_like(address):
        return None
    prefix = zone.rpartition("/")[2] if "/" in zone else ""
    message = "Leave out the % and what follows it: a zone means something on one machine only."
    return NetworkError("zone_id", message, offers(f"{address}/{prefix}") or offers(address))


def _range(text: str) -> NetworkError | None:
    networks = networks_of_range(text)
    if networks is None:
        return None
    if len(networks) == 1:
        return NetworkError("range_notation", f"Write this range as {networks[0]}.", networks)
    message = f"Write a range as networks with a prefix, {_listed(networks, text)}."
    return NetworkError("range_notation", message, networks=networks)


def networks_of_range(text: str) -> tuple[str, ...] | None:
    """Return the networks that a range of addresses is, none where it runs backwards; None for any other text."""
    match = re.fullmatch(r"([0-9A-Fa-f:.]+?)(?:[ \t]*(?:-|to)[ \t]*|\.{2,3})([0-9A-Fa-f:.]+)", text)
    if not match or not is_address(match[1]):
        return None
    first, last = match.groups()
    if "." in first and last.isdigit():  # 10.0.0.1-9
        last = f"{first.rpartition('.')[0]}.{last}"
    return _networks_between(first, last)


def _listed(networks: tuple[str, ...], typed: str) -> str:
    if not networks:
        return f"such as {example_for(typed)}"
    more = f" and {len(networks) - MAX_NAMED} more" if len(networks) > MAX_NAMED else ""
    return f"one at a time: {', '.join(networks[:MAX_NAMED])}{more}"


def _networks_between(first: str, last: str) -> tuple[str, ...]:
    try:
        ends = ip_address(parse_address(first).text), ip_address(parse_address(last).text)
        return tuple(map(str, summarize_address_range(*ends)))
    except (ValueError, TypeError):  # the wrong way round; of two families
        return ()


def _wildcard(text: str) -> NetworkError | None:
    if re.fullmatch(r"([0-9]{1,3}\.){3}", text):  # as in "allow from 203.0.113."
        meant = offers(f"{text}0/24")
        return NetworkError("wildcard", f"Write the 256 addresses {text}… as {meant[0]}.", meant) if meant else None
    meant = _without_wildcards(text)
    if meant:
        return NetworkError("wildcard", f"Write a prefix instead of the {text[-1]}: {meant[0]}.", meant)
    if "*" not in text:
        return None
    is_ipv6 = ":" in example_for(text)
    example, start = ("2001:db8:40::/48", "2001:db8:40") if is_ipv6 else ("203.0.113.0/24", "203.0.113")
    message = f"Write a prefix instead of the *: {example} stands for every address that begins with {start}."
    return NetworkError("wildcard", message)


def _without_wildcards(text: str) -> tuple[str, ...]:
    if match := re.fullmatch(r"((?:[0-9]{1,3}\.){1,3})[*xX%](?:\.[*xX%]){0,2}", text):
        known = match[1].rstrip(".").split(".")
        return offers(f"{four_parts(known)}/{8 * len(known)}")
    if match := re.fullmatch(r"((?:[0-9A-Fa-f]{1,4}:){2,7})\*", text):  # one group alone would be far too wide
        return offers(f"{match[1]}{':' if match[1].count(':') < 7 else '0'}/{16 * match[1].count(':')}")
    return ()


def _brackets(text: str) -> NetworkError | None:
    match = re.fullmatch(r"\[([^\[\]]+)\](:[0-9]+)?((?:/[0-9]+)?)", text)
    if not match:
        return None
    suggestions = offers(match[1] + match[3])
    if match[2]:
        return _port_error(suggestions)
    return NetworkError("brackets", "Leave out the square brackets.", suggestions)


def _port(text: str) -> NetworkError | None:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+){3}):[0-9]*((?:/[0-9]+)?)", text)
    return _port_error(offers(match[1] + match[2])) if match else None


def _port_error(suggestions: tuple[str, ...]) -> NetworkError:
    return NetworkError("has_port", "Leave out the port: a network lets in whole addresses.", suggestions)


def _mask_after_blank(text: str) -> NetworkError | None:
    match = re.fullmatch(r"([0-9.]+)[ \t]+((?:255|0)\.[0-9.]+)", text)
    return mask_error(match[1], match[2]) if match and is_address(match[1]) else None


_NOTATIONS: tuple[Callable[[str], NetworkError | None], ...] = (
    _link,
    _negation,
    _range,
    _mask_after_blank,
    _zone,
    _wildcard,
    _brackets,
    _port,
)


def _is_network_like(text: str) -> bool:
    return is_address(text.partition("/")[0])
