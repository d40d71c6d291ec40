"""Undoing a change of many networks: the networks that it concerned become what they were, by a plan (R13, R16)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from webapp.domain.allowlist import Allowlist, Entry, Stale
from webapp.domain.desired import Line
from webapp.domain.network import Network
from webapp.domain.plan import Plan, plan


class ChangedSince(Stale):
    """Some networks that the change concerned are others by now: they are named, and nothing is undone."""

    def __init__(self, networks: tuple[Network, ...]) -> None:
        super().__init__()
        self.networks = networks


@dataclass(frozen=True, slots=True)
class PastChange:
    """What a change of a list has added, changed (before and after) and removed.

    What is on the list since needs its id, what is gone its facts.
    """

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    removed: tuple[Entry, ...] = ()


def undoing(present: Allowlist, past: PastChange) -> Plan:
    """Return the plan that undoes a change of before. Other networks stay as they are now.

    Raises:
        ChangedSince: a network that the change concerned was changed, deleted or added again since.
    """
    if changed := changed_since(present, past):
        raise ChangedSince(changed)
    gone, before = {entry.id for entry in past.added}, {new.id: old for old, new in past.changed}
    number = count(1)
    stays = (before.get(entry.id, entry) for entry in present.entries if entry.id not in gone)
    lines = [Line(next(number), one.network.text, one.network, one.comment) for one in stays]
    return plan(present, [*lines, *(Line.restoring(next(number), entry) for entry in past.removed)], "replace")


def changed_since(present: Allowlist, past: PastChange) -> tuple[Network, ...]:
    """Return the networks that keep a change from being undone: they are not as it has left them."""
    now = {entry.id: (entry.network.text, entry.comment) for entry in present.entries}
    listed = {entry.network.text for entry in present.entries}
    left = (*past.added, *(new for _, new in past.changed))
    others = [entry.network for entry in left if now.get(entry.id) != (entry.network.text, entry.comment)]
    return (*others, *(entry.network for entry in past.removed if entry.network.text in listed))
