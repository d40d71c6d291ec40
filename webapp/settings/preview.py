"""What a change would do to people, shown before it happens; and the yes to it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from webapp import clock, sessions
from webapp.domain.allowlist import Full
from webapp.domain.compiled_list import CompiledList
from webapp.domain.network import Network
from webapp.domain.signed_in import SignedIn, once_each, signed_out
from webapp.settings.forms import Typed
from webapp.settings.section import Section
from webapp.storage import sign_ins

LOOK_BACK = timedelta(days=30)
LOOKED_THROUGH = 1_000
KEY_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A network that people signed in from lately, and that the list would not let in."""

    network: Network
    people: dict[int, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The name of each of the people."""
        return list(self.people.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would be signed out, who would stay, and from where people signed in lately that would not be let in.

    `keys` is the form's `preview` field; `not_looked_at`: so many earlier sign-ins.
    """

    leaving: tuple[SignedIn, ...]
    staying: tuple[SignedIn, ...]
    uncovered: tuple[Uncovered, ...]
    not_looked_at: int
    keys: str

    @classmethod
    def of_activating(cls, section: Section, scope: str = "") -> Preview:
        """Return what activating would do; an uncovered current address counts as added, as the prompt offers it."""
        after = replace(section.allowlist, active=True)
        if section.address is not None:
            with suppress(Full):
                after = after.add_current(section.address, "address" if scope == "address" else "")
        people = sessions.other_people()
        leaving = signed_out(replace(section.allowlist, active=False), after, people)
        staying = once_each(one for one in people if one not in leaving)
        return cls(once_each(leaving), staying, *_uncovered(CompiledList.of(after)), keys(leaving))

    @property
    def title(self) -> str:
        """Return the heading of the list of people."""
        if not self.leaving:
            return "Nobody else will be signed out" if self.staying else "Nobody else is signed in now"
        total = len(self.leaving) + len(self.staying)
        if total == 1:
            return "The only other person signed in will be signed out"
        return f"{'All' if not self.staying else f'{len(self.leaving)} of'} {total} others signed in will be signed out"


def _uncovered(compiled: CompiledList) -> tuple[tuple[Uncovered, ...], int]:
    """Return these networks, the latest first; and how many earlier sign-ins were not looked at."""
    found: dict[Network, Uncovered] = {}
    since = clock.now() - LOOK_BACK
    latest, total = sign_ins.recent(sessions.current().account_id, since, LOOKED_THROUGH)
    for seen in latest:
        if not compiled.lets_in(seen.address):
            people = found.setdefault(seen.network, Uncovered(seen.network)).people
            people.setdefault(seen.user_id, seen.name)
    return tuple(found.values()), total - len(latest)


def keys(people: Iterable[SignedIn]) -> str:
    """Return the form's `preview` field: whom it has named."""
    return ",".join(one.key[:KEY_SHOWN] for one in people)


def has_named(typed: Typed, people: Iterable[SignedIn]) -> bool:
    """Whether the form has shown all of them; one without a preview cannot have become stale."""
    named = set(typed["preview"].split(","))
    return "preview" not in typed.values or all(one.key[:KEY_SHOWN] in named for one in people)
