"""Who used the portal lately from where a list would not let them in, as every question shows it (R19)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from webapp.domain.allowlist import Allowlist, Refused
from webapp.domain.compiled_list import INACTIVE, CompiledList
from webapp.domain.leaving_out import settle
from webapp.domain.rehearsal import NOTHING, LeftOut, rehearse
from webapp.domain.signed_in import may_sign_out
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.views.section import Section
from webapp.storage import uses

MOST = 20  # places of a question: an answer stays small


class UsedLately(Refused):
    """People used the portal lately from where the list would not let them in, and the form asks to be told first."""

    code = "used_lately"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """From where people used the portal that a list would not let in, and what the list of before doesn't either.

    `not_looked_at` is how many earlier uses there are.
    """

    newly: LeftOut = NOTHING
    already: LeftOut = NOTHING
    not_looked_at: int = 0

    @classmethod
    def of(
        cls, after: Allowlist, before: CompiledList = INACTIVE, but: Collection[tuple[int, str]] = frozenset()
    ) -> Rehearsal:
        """Rehearse a list; `but`: people, with their client, of whom the question says so anyhow."""
        if not after.active:
            return cls()
        found = uses.of_account(portal_session.current().account_id, clock.now())
        asked = [use for use in found.looked_at if (use.user_id, use.client) not in but] if but else found.looked_at
        return cls(*rehearse(CompiledList.of(after), asked, MOST, before), found.earlier)

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
        return tuple(place.network for place in self.newly.places)
