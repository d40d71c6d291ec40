"""What stands behind a network in its line: its comment, unless it may change what is meant (R13)."""

from __future__ import annotations

import re
from functools import lru_cache

from webapp.domain.comment import CommentError, parse_comment
from webapp.domain.desired import Problem
from webapp.domain.pasted import MAX_PASTED, mentions_network
from webapp.domain.surroundings import comment_of, excludes, is_unclear

_QUOTED = re.compile(r'"(?P<comment>[^"]*+(?:""[^"]*+)*+)"[\s,;]*')
_GEOFEED = re.compile(r"[A-Z]{2},(?:[A-Z]{2}-[A-Z0-9]{1,3})?,(?P<place>[^,]*,[^,]*)")
_UNTERMINATED = Problem("unterminated_quote", "A quotation mark is opened here and not closed.")
_WORDS = re.compile(r"[^\W_]+(?: [^\W_]+)*")
# Words that say something only beside others: no longer, is n’t, black list, keep out.
_PARTS = re.compile(r"no|n|t|nt|out|black|longer|more", re.IGNORECASE)


def comment_behind(rest: str, *, is_address: bool) -> str | Problem | None:
    """Return the comment that a text behind a network is, or its problem.

    None where the text may exclude the network, name another one, or make it half of something: then the network field
    decides what to say of the whole line, and the line is never taken as it is.
    """
    if rest.startswith('"'):
        quoted = _QUOTED.fullmatch(rest)
        if quoted is None and rest.count('"') % 2:
            return _UNTERMINATED
        rest = quoted["comment"].replace('""', '"') if quoted else rest
    return rest if _is_harmless(rest) else _judged(rest, is_address)


def _is_harmless(rest: str) -> bool:
    """Whether a text has nothing but words that change no meaning; quickly, for there may be a thousand of them."""
    if len(rest) > 100 or not _WORDS.fullmatch(rest):
        return False
    first, *others = rest.split(" ")
    return _is_harmless_word(first) and all(word.isdecimal() or _is_harmless_word(word) for word in others)


@lru_cache(maxsize=4_096)
def _is_harmless_word(word: str) -> bool:
    return not (word.isdecimal() or _PARTS.fullmatch(word)) and _judged(word, True) == word


def _judged(rest: str, is_address: bool) -> str | Problem | None:
    if feed := _GEOFEED.fullmatch(rest):
        return None if excludes("", feed["place"]) else _kept(rest.rstrip(","))
    if len(rest) > MAX_PASTED:
        return _kept(rest)
    if mentions_network(rest) or excludes("", rest) or is_unclear("", rest, is_address=is_address):
        return None
    comment = comment_of("", rest)
    return _kept(rest) if comment is None else comment


def _kept(rest: str) -> str | Problem:
    try:
        return parse_comment(" ".join(rest.split()))
    except CommentError as error:
        return Problem.of(error)
