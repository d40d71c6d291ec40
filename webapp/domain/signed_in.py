"""Who is signed in, and whom a change of the list would sign out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from webapp.domain.address import Address
from webapp.domain.admission import effective_networks
from webapp.domain.allowlist import Allowlist, Refused, Stale
from webapp.domain.compiled_list import CompiledList
from webapp.domain.network import Network


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live portal session: who, from where (None: no trustworthy address), seen when, in which browser.

    `key` names it in forms. `browser` is words for people, empty where it is not known.
    """

    key: str
    user_id: int
    name: str
    address: Address | None
    last_seen_at: datetime
    browser: str = ""

    @property
    def label(self) -> str:
        """What tells it from others, also of the same person."""
        place = str(self.address or "address can’t be determined")
        return ", ".join(filter(None, (self.name, place, self.browser)))


class Present(NamedTuple):
    """Somebody is signed in from an address (as text; None: no trustworthy one), in however many browsers."""

    user_id: int
    name: str
    address: str | None


class Person(NamedTuple):
    """Somebody who is signed in, with the addresses from which, in the given order."""

    user_id: int
    name: str
    addresses: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """The people whom a change signs out, each with the addresses where it does; and those who stay everywhere."""

    leaving: tuple[Person, ...] = ()
    staying: tuple[Person, ...] = ()

    def without(self, user_id: int) -> Parted:
        """Return the others than that user."""
        both = (self.leaving, self.staying)
        return Parted(*(tuple(one for one in people if one.user_id != user_id) for people in both))


class SignsOutOthers(Refused):
    """The change would sign other people out, and nobody has said yes to that.

    `adds` is the network that it lists besides, as a way out of leaving the actor out (R6).
    """

    code = "signs_out_others"

    def __init__(self, people: tuple[Person, ...], adds: Network | None = None) -> None:
        super().__init__()
        self.people = people
        self.adds = adds


class NotNamed(Stale):
    """People would be signed out whom the question has not named: who is signed in has changed since it was asked."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        super().__init__()
        self.people = people


def may_sign_out(before: Allowlist, after: Allowlist) -> bool:
    """Whether the change can sign anybody out: the list is active after it, and was not so, or had other networks."""
    networks = [[entry.network for entry in effective_networks(one.entries)] for one in (before, after)]
    return after.active and (not before.active or networks[0] != networks[1])


def parted(before: Allowlist, after: Allowlist, present: Sequence[Present]) -> Parted:
    """Return whom the list lets in now and would not after the change (R8), and who stays, in the given order.

    Each address is decided once, by a compiled list: there may be a hundred thousand sessions, and 1,000 networks.
    """
    will_be = CompiledList.of(after)
    outside = {text for text in {one.address for one in present} if not will_be.admits_text(text)}
    if outside and before.active:  # else the present list need not be compiled: it lets them all in, or is for nobody
        was = CompiledList.of(before)
        outside = {text for text in outside if was.admits_text(text)}
    leaving = _people([one for one in present if one.address in outside])
    gone = {person.user_id for person in leaving}
    return Parted(leaving, _people([one for one in present if one.user_id not in gone]))


def _people(present: Sequence[Present]) -> tuple[Person, ...]:
    found: dict[int, tuple[str, list[str | None]]] = {}
    for user_id, name, address in present:
        found.setdefault(user_id, (name, []))[1].append(address)
    return tuple(Person(user_id, name, tuple(addresses)) for user_id, (name, addresses) in found.items())
