"""How many lines of a kind are written a minute: a flood must not fill the log, or push others' lines out of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

Kind = tuple[Any, ...]
EACH = 10
KINDS = 50  # of an event; beyond so many a minute, those that are new share one


class FewLines:
    """Which lines of the present minute are written, and how many of each kind were left out."""

    def __init__(self) -> None:
        self._minute = 0
        self._seen: Counter[Kind] = Counter()
        self._kinds: Counter[Any] = Counter()

    def begin(self, minute: int) -> dict[Kind, int]:
        """Note what minute it is; where it is a new one, return how many lines of which kinds were left out before."""
        if minute == self._minute:
            return {}
        left_out = {kind: count - EACH for kind, count in self._seen.items() if count > EACH}
        self._minute, self._seen, self._kinds = minute, Counter(), Counter()
        return left_out

    def is_written(self, kind: Kind, others: Kind) -> bool:
        """Whether one more line of the kind is written; `others`: the kind that it is, where there are too many.

        Each event, which a kind begins with, has its own: strangers' requests leave room for people who are blocked.
        """
        if kind not in self._seen:
            if self._kinds[kind[0]] >= KINDS:
                kind = others
            else:
                self._kinds[kind[0]] += 1
        self._seen[kind] += 1
        return self._seen[kind] <= EACH
