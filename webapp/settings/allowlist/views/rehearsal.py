"""Who used the portal lately from where a list would not let them in, as every question shows it (R19)."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from webapp.domain.allowlist import Allowlist, Refused
from webapp.domain.compiled_list import CompiledList
from webapp.domain.leaving_out import settle
from webapp.domain.rehearsal import Place, rehearse
from webapp.domain.signed_in import may_sign_out
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.views.section import Section
from webapp.storage import uses
from webapp.storage.uses import Seen

MOST, NAMED = 20, 3  # places of a question, and people of a place: an answer stays small


class UsedLately(Refused):
    """People used the portal lately from where the list would not let them in, and the form asks to be told first."""

    code = "used_lately"


class Person(NamedTuple):
    """Somebody who used the portal from a place."""

    user_id: int
    name: str
    is_owner: bool
    days: int
    last_at: datetime


class Line(NamedTuple):
    """A network that would let people in again: the first of them, and how many there are besides."""

    network: str
    people: tuple[Person, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """From where people used the portal that a list would not let in, and what the list of before doesn't either.

    `more` and `not_looked_at` are how many places and earlier uses there are besides.
    """

    newly: tuple[Line, ...] = ()
    more: int = 0
    already: tuple[Line, ...] = ()
    more_already: int = 0
    not_looked_at: int = 0

    @classmethod
    def of(
        cls, after: Allowlist, before: CompiledList | None = None, but: Collection[tuple[int, str]] = frozenset()
    ) -> Rehearsal:
        """Rehearse a list; `but`: people, with their client, of whom the question says so anyhow."""
        if not after.active:
            return cls()
        found = uses.of_account(portal_session.current().account_id, clock.now())
        asked = [use for use in found.looked_at if (use.user_id, use.client) not in but] if but else found.looked_at
        newly, already = rehearse(CompiledList.of(after), asked, found.owners, MOST, before)
        told = [use for place in (*newly.places, *already.places) for use in place.uses[:NAMED]]
        seen = uses.seen(told)
        new, old = ([_line(place, seen, found.owners) for place in one.places] for one in (newly, already))
        return cls(tuple(new), newly.more, tuple(old), already.more, found.earlier)

    @classmethod
    def of_change(cls, section: Section, after: Allowlist) -> Rehearsal:
        """Rehearse what a change makes of the list; a current address that R6 would have it add counts as added."""
        before, address = section.allowlist, section.address
        if not may_sign_out(before, after):
            return cls()
        try:
            after = settle(before, after, address, "add_current", address.text if address else None)
        except Refused:  # the only way is to deactivate the list, which lets everybody in
            return cls()
        return cls.of(after, CompiledList.of(before))

    @classmethod
    def if_active(cls, section: Section) -> Rehearsal:
        """Rehearse an inactive list as it would be in effect; an active one is, and says it itself."""
        return cls() if section.allowlist.active else cls.of(replace(section.allowlist, active=True))

    @property
    def networks(self) -> tuple[str, ...]:
        """What would let those in again whom the list would leave out."""
        return tuple(line.network for line in self.newly)


def _line(place: Place, seen: Mapping[int, Seen], owners: Container[int]) -> Line:
    people = (
        Person(use.user_id, seen[use.id].name, use.user_id in owners, use.days, seen[use.id].last_at)
        for use in place.uses[:NAMED]
        if use.id in seen  # and was not forgotten meanwhile
    )
    return Line(place.network, tuple(people), max(0, len(place.uses) - NAMED))
