"""Looking at one text that should be a network, as the network field does, as often as a whole text needs (R13)."""

from __future__ import annotations

from webapp.domain.desired import Problem
from webapp.domain.network import Network, NetworkError, parse_network

# Characters at which the field's search for what may have been meant is used; some 10 microseconds each at worst.
MAX_CLOSELY = 12_000
_AT_LEAST = 40  # characters that a text counts for
_OF_A_RANGE = 400  # that a range counts for besides: it may be hundreds of networks
NOT_LOOKED_AT = Problem("address_syntax", "This isn’t an IP address or a network. Write it like 203.0.113.0/24.")
_LIKE_A_NETWORK = frozenset("0123456789abcdefABCDEF:./")
_LONGEST = 64  # what is longer is never a network: a cap before anything costly
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_ORDINARY = " \t\r\n"
BLANKS = INVISIBLE + "".join(filter(str.isspace, map(chr, range(0x3001))))


class Looking:
    """Reads networks, and says of others what the field would say.

    Corrections are searched for while there are not too many characters to search in: a text of nothing but errors is
    answered in time, and nobody corrects so many by buttons.
    """

    def __init__(self) -> None:
        self._left = MAX_CLOSELY

    def read(self, text: str) -> Network | Problem:
        """Return the network that the field would take, or its problem."""
        return network_of(text.strip(_ORDINARY)) or self.problem(text)

    def problem(self, text: str) -> Problem:
        """Return what the field says of a text that is no network alone."""
        self._left -= max(_AT_LEAST, min(len(text), 1_000))
        if self._left < 0:
            return NOT_LOOKED_AT
        try:
            parse_network(text)
        except NetworkError as error:
            self._left -= _OF_A_RANGE * (error.code == "range_notation")
            return Problem.of(error)
        return NOT_LOOKED_AT


def network_of(text: str) -> Network | None:
    """Return the network of a text that the field takes; None for any other.

    What is canonical, as most are, is not looked at more closely.
    """
    whole = text if "/" in text else f"{text}/{128 if ':' in text else 32}"
    try:
        return Network.from_canonical(whole)
    except ValueError:
        pass
    if not _may_be_spelt_otherwise(text):
        return None
    try:
        return parse_network(text)
    except NetworkError:
        return None


def _may_be_spelt_otherwise(text: str) -> bool:
    """Whether a text that is not canonical may be a network all the same: IPv6 has many spellings, IPv4 has one."""
    return text.count(":") > 1 and is_like_a_network(text)


def is_like_a_network(text: str) -> bool:
    """Whether a word has nothing but what networks have: digits, dots, colons, a slash."""
    return len(text) < _LONGEST and ("." in text or text.count(":") > 1) and _LIKE_A_NETWORK.issuperset(text)


def trimmed(text: str) -> tuple[int, int, bool]:
    """Return where the text begins and ends without blanks of any kind, and whether some were no ordinary ones."""
    start = len(text) - len(text.lstrip(BLANKS))
    end = max(start, len(text.rstrip(BLANKS)))
    return start, end, bool((text[:start] + text[end:]).strip(_ORDINARY))
