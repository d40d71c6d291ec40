"""What a search in a list finds: networks by what they contain, words by how they read, use by how long ago it was."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from webapp.domain.allowlist import Entry
from webapp.domain.network import Network, NetworkError, parse_network

UNUSED_FOR = timedelta(days=90)
NEVER = datetime.min.replace(tzinfo=UTC)


def find(text: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that the text asks for, in their order; "" asks for all.

    An address or a network, however it is written, finds what contains it and what it contains. Where nothing does, and
    for any other text, the networks that are written with it: somebody may still be typing. Comments and who added the
    network are searched for every text.
    """
    wanted = folded(text)
    meant = _network(wanted)
    if meant is None or not any(_overlap(meant, entry.network) for entry in entries):
        return [entry for entry in entries if wanted in entry.network.text or _is_said(wanted, entry)]
    return [entry for entry in entries if _overlap(meant, entry.network) or _is_said(wanted, entry)]


def is_unused(entry: Entry, now: datetime) -> bool:
    """Whether nobody has signed in from the network for 90 days: one that is not listed for that long is not unused."""
    last = entry.last_sign_in_at or entry.added_at
    return last is not None and now - last >= UNUSED_FOR


def last_use(entry: Entry) -> datetime:
    """Return when somebody last signed in from the network, to sort by; never was before any moment."""
    return entry.last_sign_in_at or NEVER


def folded(text: str) -> str:
    """The text without the differences that people don't see or mean: case, and how a character is put together.

    Decomposed (UAX 15), so that the first letters of a word are found whatever accents follow them.
    """
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


def _network(text: str) -> Network | None:
    try:
        return parse_network(text)
    except NetworkError as error:
        return Network.from_canonical(error.suggestions[0]) if error.suggestions else None


def _overlap(one: Network, other: Network) -> bool:
    return one.contains_network(other) or other.contains_network(one)


def _is_said(wanted: str, entry: Entry) -> bool:
    return wanted in folded(entry.comment) or wanted in folded(entry.added_by)
