"""Who is signed in now, as the owner sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request

from webapp.domain.browser import browser_of
from webapp.domain.compiled_list import CompiledList
from webapp.domain.signed_in import SignedIn
from webapp.guard import portal_session
from webapp.settings.allowlist.views.section import Section

SHOWN, MOST = 8, 200


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """Other sessions of the account, each with whether the list contains its address: a few, or as many as a page has.

    `hidden` is how many there are besides; `browser` the reader's own, in words, empty where it is not known.
    """

    shown: tuple[tuple[SignedIn, bool], ...]
    hidden: int
    browser: str
    all: bool = False

    @property
    def first(self) -> tuple[tuple[SignedIn, bool], ...]:
        """The few that are always shown."""
        return self.shown[:SHOWN]

    @property
    def more(self) -> tuple[tuple[SignedIn, bool], ...]:
        """What is shown besides, on demand."""
        return self.shown[SHOWN:]

    @classmethod
    def load(cls, section: Section, *, everybody: bool = False) -> SignedInNow:
        """Return who is signed in to the request's account."""
        compiled = CompiledList.of(replace(section.allowlist, active=True))
        found, total = portal_session.others(MOST if everybody else SHOWN)
        shown = tuple((one, compiled.admits(one.address)) for one in found)
        return cls(shown, total - len(found), browser_of(request.user_agent.string), everybody)
