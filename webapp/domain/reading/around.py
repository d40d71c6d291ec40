"""What is said beside a network in a row, a document or a heading: whether it excludes (R13)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from webapp.domain.desired import Problem
from webapp.domain.surroundings import excludes

NEGATION = Problem("negation", "A list can only let networks in: leave out what should stay outside.")
_HAS_END = Problem(
    "has_end", "This network has an end, which can’t be read here: add it by itself, or leave the end out."
)
_ENDS = frozenset({"end", "ends", "ends at", "end date", "until", "valid until", "valid to"})
_SAYS_YES = frozenset({"enabled", "enable", "active", "allow", "allowed", "permit", "permitted", "access"})
_SAYS_NO = frozenset({"paused", "inactive"})
_NO = frozenset({"false", "no", "n", "off", "0", "none", "null", "never"})
_OUR_OWN = frozenset({"added by", "added at", "id", "version", "last sign in at"})
_LONGEST = 200  # characters of a name that are looked at
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain_name(name: str) -> str:
    """Return a column's or key's name in small letters, its words apart: `ipBlock` and `IP_block` as `ip block`."""
    return _plain_name(name[:_LONGEST])


@lru_cache(maxsize=1_024)
def _plain_name(name: str) -> str:
    apart = _WORD_BEGINS.sub(" ", name)
    return " ".join(re.split(r"[\W_]+", apart.casefold())).strip()


@lru_cache(maxsize=1_024)
def name_excludes(name: str) -> bool:
    """Whether what stands under this plain name is to stay outside: `deny`, `not ip address`, `blocked`."""
    return excludes("", name)


def beside_problem(others: Iterable[tuple[str, str]]) -> Problem | None:
    """Return why a row's or object's network is no addition, by its further values, (plain name, value).

    A switch that is off counts, a name that excludes, and values of one or two words: an action, not a remark. So does
    an end: a network must not be listed for longer than somebody has said.
    """
    short = []
    for name, value in others:
        value = value.strip().casefold()
        if not value or name in _OUR_OWN:
            continue
        if value in _NO:
            if name in _SAYS_YES:
                return NEGATION
        elif name in _ENDS or name.startswith("expir"):
            return _HAS_END
        elif name in _SAYS_NO or value in _SAYS_NO or name_excludes(name):
            return NEGATION
        elif len(value) < 40 and value.count(" ") < 2:
            short.append(value)
    return NEGATION if short and excludes("", " , ".join(short)) else None
