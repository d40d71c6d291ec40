"""An address or a prefix that is wrong in itself: which part, and how to write it."""

import re

from webapp.domain.address import canonical, pack
from webapp.domain.network_error import BLANKS, NetworkError, example_for, is_address, offers

_DIGITS = re.compile(r"[0-9]+")
_HOST_NAME = re.compile(r"(?:[\w-]+\.)*[A-Za-z][\w-]*\.?(?::[0-9]+)?", re.ASCII)
_HARMLESS = re.compile(r"[\w.:/-]{1,24}", re.ASCII)


def address_error(address: str, tail: str) -> NetworkError:
    """Why `address` is not one; `tail` is what followed it, with its slash."""
    octets = address.split(".")
    if all(map(_DIGITS.fullmatch, octets)):
        return _octets_error(octets, tail)
    if _HOST_NAME.fullmatch(address):
        return NetworkError("hostname", "Enter an IP address, not a name.")
    shown = f"“{address}”" if _HARMLESS.fullmatch(address) else "This"
    example = example_for(address)
    example = example if ":" in example else f"203.0.113.7 or {example}"
    message = f"{shown} isn’t an IP address. Write it like {example}."
    return NetworkError("address_syntax", message, offers(address.strip(BLANKS) + tail))


def _octets_error(octets: list[str], tail: str) -> NetworkError:
    if len(octets) != 4:
        message = f"An IPv4 address has four numbers with dots between them; this one has {len(octets)}."
        meant = offers(four_parts(octets) + tail) if tail and len(octets) < 4 else ()
        return NetworkError("address_syntax", message, meant if len(meant) == 1 else ())
    padded = next((octet for octet in octets if octet.startswith("0") and octet != "0"), None)
    if padded is None:
        high = next(octet for octet in octets if int(octet) > 255)
        message = f"{high[:12]} is too high: each number of an IPv4 address goes from 0 to 255."
        return NetworkError("address_syntax", message)
    decimal = ".".join(str(int(octet)) for octet in octets)
    # inet_aton reads 010 as 8 (CVE-2021-29921), so both readings are offered where they differ.
    octal = ".".join(str(_as_octal(octet)) for octet in octets)
    message = f"{padded[:12]} can be read in two ways: write it without the leading zero."
    return NetworkError("leading_zero", message, tuple(dict.fromkeys(offers(decimal + tail) + offers(octal + tail))))


def _as_octal(octet: str) -> int:
    return int(octet, 8) if octet.startswith("0") and not set(octet) & {"8", "9"} else int(octet)


def read_prefix(address: str, prefix: str) -> int:
    """The prefix length behind the slash of a sound address: 0 to 32 or 128. Raises NetworkError."""
    longest = 128 if ":" in address else 32
    if not _DIGITS.fullmatch(prefix):
        message = f"After the slash comes one number from 0 to {longest}."
        syntax = NetworkError("prefix_syntax", message, offers(f"{address}/{prefix.strip(BLANKS)}"))
        raise mask_error(address, prefix) or syntax
    if len(prefix) > 1 and prefix.startswith("0"):
        message = "Write the number after the slash without a leading zero."
        raise NetworkError("prefix_leading_zero", message, offers(f"{address}/{int(prefix)}"))
    if int(prefix) > longest:
        family = "IPv6" if ":" in address else "IPv4"
        raise NetworkError("prefix_range", f"The number after the slash is too high: {family} ends at /{longest}.")
    return int(prefix)


def mask_error(address: str, mask: str) -> NetworkError | None:
    """The error for a netmask (255.255.255.0) or a wildcard mask (0.0.0.255) in place of a prefix."""
    if not is_address(mask) or len(packed := pack(mask)) != len(pack(address)):
        return None
    longest, bits, shown = 8 * len(packed), int.from_bytes(packed), canonical(packed)
    everything = (1 << longest) - 1
    if bits == 0 or (bits == everything and not any(pack(address))):
        # Routers disagree: exactly this host, or any host. One click must not give the other one to a person.
        message = f"{shown} means one address to some routers and every address to others. Write /{longest} for one."
        return NetworkError("netmask_notation" if bits else "wildcard_mask", message)
    hosts = bits ^ everything
    if hosts & (hosts + 1) == 0:
        code, prefix = "netmask_notation", longest - hosts.bit_length()
    elif bits & (bits + 1) == 0:
        code, prefix = "wildcard_mask", longest - bits.bit_length()
    else:
        return NetworkError("netmask_notation", f"{shown} isn’t the mask of one network: write a prefix.")
    return NetworkError(code, f"Write {shown} as /{prefix}.", offers(f"{address}/{prefix}"))


def four_parts(octets: list[str]) -> str:
    """The first octets of an IPv4 address, filled up with zeros."""
    return ".".join([*octets, "0", "0", "0"][:4])
