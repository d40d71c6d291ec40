"""A yes to what a change does to other people: it counts for the people whom its question has named (R8c)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

NAMED = 200  # people whom a question names each; of more it says how many
_ALL = "all:"
_TEXT = re.compile(rf"{_ALL}([0-9]{{1,9}})|[0-9]{{1,18}}(,[0-9]{{1,18}})*")


@dataclass(frozen=True, slots=True)
class Consent:
    """Whom a question has named: people by id, or, of more than NAMED, only how many.

    By person: a member who signs in again and again is still one, and keeps nobody from acting.
    """

    people: frozenset[int] = frozenset()
    many: int = 0

    @classmethod
    def of(cls, people: Collection[int]) -> Consent:
        """Return what a question says of these people."""
        return cls(many=len(people)) if len(people) > NAMED else cls(frozenset(people))

    @classmethod
    def parse(cls, text: str) -> Consent:
        """Read what `str` has written; anything else names nobody."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return cls()
        return cls(many=int(found[1])) if found[1] else cls(frozenset(map(int, text.split(","))))

    def __str__(self) -> str:
        return f"{_ALL}{self.many}" if self.many else ",".join(map(str, sorted(self.people)))

    def counts_for(self, people: Collection[int]) -> bool:
        """Whether the yes is one to these people: all of them were named, or at most twice as many were spoken of."""
        return len(people) <= 2 * self.many or self.people.issuperset(people)

    def after(self, earlier: Consent) -> Consent:
        """Return the consent to a question that is asked again, after the `earlier` one.

        People whom the earlier question has named still count as named. Otherwise people who sign in and out by turns
        could be missing from every question and be there at every yes.
        """
        people = self.people | earlier.people
        return self if self.many or len(people) > 2 * NAMED else Consent(people)
