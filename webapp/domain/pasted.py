"""Texts as people paste them: the one network in them, and what stood around it as its comment.

A list lets networks in. So nothing is offered where the text excludes something, names more than one network, or could
mean something else: then the person decides, not a guess.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import ip_network

from webapp.domain.comment import MAX_COMMENT
from webapp.domain.network_error import NetworkError, is_address
from webapp.domain.surroundings import comment_of, excludes, is_unclear

MAX_PASTED = MAX_COMMENT + 116  # a comment, a network, and what joins them
MAX_LOOKED_AT = 1_000  # further, and only to see whether there are several networks: a cap before anything costly

# Look-alikes, character by character. Not superscripts: a footnote's mark is not a digit.
_LOOKS_LIKE = str.maketrans(
    {0xFF01 + number: chr(0x21 + number) for number in range(94)}
    | dict.fromkeys(map(ord, "\u2044\u2215\u29f8"), "/")
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "\u2013")
)
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u2060\ufeff\u202a\u202c\u2066\u2069")
_V4 = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_V6 = r"[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:(?:\.[0-9]{1,3}){3})?"
_END = r"(?![0-9a-z:/%]|\.[0-9])"
_TOKEN = re.compile(
    rf"""(?P<address>{_V4})[\ ,;|"']+(?:(?P<name>(?:sub)?net[\ -]?mask|mask|wildcard(?:[\ -]mask)?)[\ :=]+)?
         (?P<mask>(?:255|0)(?:\.[0-9]{{1,3}}){{3}}){_END}
       | (?P<first>{_V4}|{_V6})(?:\ *(?:[-–…]|\.{{2,3}})\ *|\ +(?:to|through|thru|until|till)\ +)
         (?P<last>{_V4}|{_V6}|[0-9]{{1,3}}(?=\ *$)){_END}
       | (?P<start>{_V4}|{_V6})(?:\ +/\ *|/\ +)(?P<prefix>[0-9]{{1,3}})(?=\ *(?:$|[,;\#)\]"'|]))
       | </?[a-z][a-z0-9]*>
       | (?=[\w-]*[g-z_])[a-z][\w-]*:(?={_V4})
       | (?:ip|ip6|ipv6|inet6|addr|address|cidr|net|network|src|source):(?={_V6})
       | (?P<word>[^\ ,;|"'`()<>\[\]{{}}=+–…“”„‘’‚«»‹›•→]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_LIKE_A_NETWORK = re.compile(
    r"(?<![0-9])[0-9]{1,3}(?:\.[0-9]{1,3}){2}(?![0-9])|::|(?:[0-9a-f]{1,4}:){3}|[0-9]\.\*|^/[0-9]"
    r"|^(?!24/7$)[0-9]+/[0-9]+$",
    re.IGNORECASE,
)
_WORD = re.compile(r"""[^\s,;|"'`()<>\[\]{}=+]+""")
_BROADCAST = re.compile(r"\W*(?:broadcast|bcast|brd)\W*", re.IGNORECASE)
# What is corrected without a doubt; 10.0.0/24 only where nothing else stands around it.
_SURE = frozenset(
    {
        "brackets",
        "has_port",
        "host_bits",
        "ipv4_mapped",
        "leading_zero",
        "netmask_notation",
        "prefix_leading_zero",
        "range_notation",
        "url",
        "wildcard",
        "wildcard_mask",
        "zone_id",
    }
)

Read = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Found:
    """What looks like a network in a text: where it stands, what may be meant, and what is wrong with it itself."""

    start: int
    end: int
    text: str
    offers: tuple[str, ...]
    error: NetworkError | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a network, if not a sound one."""
        means_several = self.error is not None and bool(self.error.networks)
        return bool(self.offers) or means_several or is_address(self.text.partition("/")[0])


def in_pasted(text: str, error: NetworkError, read: Read) -> NetworkError:
    """The error for a text that `read` has refused with `error`: with the one network in it, where there is one.

    `read` returns the network of a text, whose `str()` is canonical, or raises NetworkError. Takes time linear in the
    length of the text.
    """
    text = text[:MAX_LOOKED_AT]
    kept = [place for place, character in enumerate(text) if character not in _INVISIBLE]
    plain = "".join(" " if text[place].isspace() else text[place].translate(_LOOKS_LIKE) for place in kept)
    found = _networks_in(plain, read)
    if sum(one.counts for one in found) > 1:
        return NetworkError("several_values", "Enter one network at a time.")
    if len(found) != 1 or len(text) > MAX_PASTED:
        return error
    (one,) = found
    before, after = plain[: one.start], plain[one.end :]
    if excludes(before + one.text[:1], after):  # the first character may be a sign
        return NetworkError("negation", "A list can only let networks in: leave out what should stay outside.")
    if is_unclear(before, after, is_address=is_address(one.text)):
        return error
    typed = "".join(text[place] for place in kept[: one.start]), "".join(text[place] for place in kept[one.end :])
    return _offer(one, comment_of(*typed), error)


def mentions_network(text: str) -> bool:
    """Whether some word of a text looks like a network or an address, sound or not."""
    return any(_LIKE_A_NETWORK.search(word[0]) for word in _WORD.finditer(text))


def _offer(one: _Found, comment: str | None, error: NetworkError) -> NetworkError:
    if comment is None or (comment and one.text.endswith(".")):
        return error
    if wrong := one.error:
        is_known = one.offers or wrong.networks
        return NetworkError(wrong.code, wrong.message, one.offers, comment if is_known else "", wrong.networks)
    if comment:
        return NetworkError("comment_in_field", "The comment belongs in its own field.", one.offers, comment)
    if error.code == "invalid_character":
        return NetworkError(error.code, error.message, one.offers)
    message = "Only the network belongs here: leave out what stands around it."
    return NetworkError(error.code, message, one.offers)


def _networks_in(plain: str, read: Read) -> list[_Found]:
    """What looks like a network, from the left; no more than is needed to see that there are several."""
    found: list[_Found] = []
    for token in _TOKEN.finditer(plain):
        one = _found(token, read)
        if one and found and _is_broadcast(found[-1], plain[found[-1].end : one.start], one):
            found[-1] = replace(found[-1], end=one.end)
        elif one:
            found.append(one)
        if sum(other.counts for other in found) > 1:
            break
    return found


def _found(token: re.Match[str], read: Read) -> _Found | None:
    match token.groupdict():
        case {"address": str(address), "mask": str(mask), "name": name}:
            return _masked(token, address, mask, name or "", read)
        case {"first": str(first), "last": str(last)}:
            return _meaning(token, f"{first}-{last}", read)
        case {"start": str(start), "prefix": str(prefix)}:
            return _meaning(token, f"{start}/{prefix}", read)
        case {"word": str(word)}:
            return _meaning(token, _without_punctuation(word), read)
    return None


def _meaning(token: re.Match[str], text: str, read: Read) -> _Found | None:
    try:
        return _Found(*token.span(), text, (str(read(text)),))
    except NetworkError as error:
        if error.code in _SURE and error.suggestions:
            return _Found(*token.span(), text, error.suggestions, error)
        return _Found(*token.span(), text, (), error) if _LIKE_A_NETWORK.search(text) else None


def _masked(token: re.Match[str], address: str, mask: str, name: str, read: Read) -> _Found | None:
    found = _meaning(token, f"{address} {mask}", read)
    is_wildcard = found is not None and found.error is not None and found.error.code == "wildcard_mask"
    if found and name and is_wildcard != name.lower().startswith("wildcard"):
        message = f"{mask} is a {'wildcard mask' if is_wildcard else 'netmask'}, not a {name}: write a prefix instead."
        return replace(found, offers=(), error=NetworkError("netmask_notation", message))
    return found


def _is_broadcast(network: _Found, between: str, other: _Found) -> bool:
    """Whether the other one is the broadcast address that ifconfig and ip show behind a network."""
    if not (network.offers and _BROADCAST.fullmatch(between)):
        return False
    return other.offers == (f"{ip_network(network.offers[0])[-1]}/32",)


def _without_punctuation(word: str) -> str:
    text = word.rstrip(".!:").strip("*") if word.startswith("*") else word
    if re.fullmatch(r"(?:[0-9]{1,3}\.){3}", text):
        return text
    text = text.rstrip(".!")
    return text[:-1] if text.endswith(":") and not text.endswith("::") else text
