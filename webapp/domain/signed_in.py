"""Who is signed in, and whom a change of the list would sign out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.address import Address
from webapp.domain.allowlist import Allowlist, Refused
from webapp.domain.compiled_list import CompiledList
from webapp.domain.network import Network


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live portal session: who, from where (None: no trustworthy address), seen when. `key` names it in forms."""

    key: str
    user_id: int
    name: str
    address: Address | None
    last_seen_at: datetime


class SignsOutOthers(Refused):
    """The change would sign other people out, and nobody has said yes to that.

    `adds` is the network that it lists besides, as a way out of leaving the actor out (R6).
    """

    code = "signs_out_others"

    def __init__(self, people: tuple[SignedIn, ...], adds: Network | None = None) -> None:
        super().__init__()
        self.people = people
        self.adds = adds
        self.named = once_each(people)


def once_each(people: Iterable[SignedIn]) -> tuple[SignedIn, ...]:
    """Return one session of each person at each address: several browsers at one place are one line to a reader."""
    found: dict[tuple[int, Address | None], SignedIn] = {}
    for one in people:
        found.setdefault((one.user_id, one.address), one)
    return tuple(found.values())


def may_sign_out(before: Allowlist, after: Allowlist) -> bool:
    """Whether the change can sign anybody out at all: the list is in effect after it, and was not so before."""
    networks = [[entry.network for entry in one.entries] for one in (before, after)]
    return after.active and (not before.active or networks[0] != networks[1])


def signed_out(before: Allowlist, after: Allowlist, people: Iterable[SignedIn]) -> tuple[SignedIn, ...]:
    """Return those whom the list lets in now and would not after the change (R8), in the given order."""
    if not after.active:
        return ()
    will_be = CompiledList.of(after)
    outside = [one for one in people if not will_be.lets_in(one.address)]
    if not outside:
        return ()  # as a rule: the present list need not be compiled for nobody
    was = CompiledList.of(before)
    return tuple(one for one in outside if was.lets_in(one.address))
