"""Undoing a change of many networks: the networks that it concerned become what they were, by a plan (R13, R16)."""

from __future__ import annotations

from collections.abc import Iterator
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
    """What a change of a list has added, changed (before and after) and removed; each with its id."""

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    removed: tuple[Entry, ...] = ()


def undoing(present: Allowlist, past: PastChange) -> Plan:
    """Return the plan that undoes a change of before. Other networks stay as they are now.

    Raises:
        ChangedSince: a network that the change concerned was changed, deleted or added again since.
    """
    if changed := tuple(_changed_since(present, past)):
        raise ChangedSince(changed)
    gone, before = {entry.id for entry in past.added}, {new.id: old for old, new in past.changed}
    number = count(1)
    stays = (before.get(entry.id, entry) for entry in present.entries if entry.id not in gone)
    lines = [Line(next(number), one.network.text, one.network, one.comment) for one in stays]
    return plan(present, [*lines, *(Line.restoring(next(number), entry) for entry in past.removed)], "replace")


def _changed_since(present: Allowlist, past: PastChange) -> Iterator[Network]:
    now = {entry.id: (entry.network, entry.comment) for entry in present.entries}
    for entry in (*past.added, *(new for _, new in past.changed)):
        if now.get(entry.id) != (entry.network, entry.comment):
            yield entry.network
    listed = {entry.network for entry in present.entries}
    yield from (entry.network for entry in past.removed if entry.network in listed)
