"""Who is signed in now, as the owner sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from webapp import sessions
from webapp.domain.compiled_list import CompiledList
from webapp.domain.signed_in import SignedIn
from webapp.settings.section import Section

SHOWN = 8


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """The other sessions of the account, each with whether the list contains its address; all of them, or a few."""

    others: tuple[tuple[SignedIn, bool], ...]
    all: bool = False

    @classmethod
    def load(cls, section: Section, *, everybody: bool = False) -> SignedInNow:
        """Return who is signed in to the request's account."""
        compiled = CompiledList.of(replace(section.allowlist, active=True))
        return cls(tuple((one, compiled.lets_in(one.address)) for one in sessions.others()), everybody)

    @property
    def shown(self) -> tuple[tuple[SignedIn, bool], ...]:
        """Those that the card shows."""
        return self.others if self.all else self.others[:SHOWN]

    @property
    def hidden(self) -> int:
        """How many it does not show."""
        return len(self.others) - len(self.shown)
