"""Going back by a plan: a single change is undone, or the whole list becomes what it was (R13, R16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from webapp.domain.allowlist import Allowlist, Duplicate, Entry, Stale
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

    What is on the list since needs its id, what is gone its facts. `deactivated`: it has deactivated the list, too.
    """

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    removed: tuple[Entry, ...] = ()
    deactivated: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to undo: whether the list is active is never undone."""
        return bool(self.added or self.changed or self.removed)

    @property
    def deleted(self) -> Entry | None:
        """The network, where the change did nothing but delete one."""
        return self.removed[0] if len(self.removed) == 1 and not (self.added or self.changed) else None


def undoing(present: Allowlist, past: PastChange, also: Iterable[Network] = ()) -> Plan:
    """Return the plan that undoes a change of before. Other networks stay as they are now; `also` are added.

    Raises:
        ChangedSince: a network that the change concerned was changed, deleted or added again since.
        Duplicate: the only one that it concerned, a deleted one, was added again.
    """
    changed = changed_since(present, past)
    if changed and past.deleted:
        raise Duplicate(next(entry for entry in present.entries if entry.network in changed))
    if changed:
        raise ChangedSince(changed)
    gone, before = {entry.id for entry in past.added}, {new.id: old for old, new in past.changed}
    number = count(1)
    stays = [_undone(next(number), one, before.get(one.id)) for one in present.entries if one.id not in gone]
    back = [Line.restoring(next(number), entry) for entry in past.removed]
    return plan(present, _with(also, [*stays, *back]), "replace")


def restoring(present: Allowlist, past: Allowlist, also: Iterable[Network] = ()) -> Plan:
    """Return the plan that makes the list what it was, but for whether it is active; `also` are added."""
    lines = [Line.restoring(number, entry) for number, entry in enumerate(past.entries, 1)]
    return plan(present, _with(also, lines), "replace")


def changed_since(present: Allowlist, past: PastChange) -> tuple[Network, ...]:
    """Return the networks that keep a change from being undone: they are not as it has left them."""
    now = {entry.id: (entry.network.text, entry.comment) for entry in present.entries}
    listed = {entry.network.text for entry in present.entries}
    left = (*past.added, *(new for _, new in past.changed))
    moved = (old for old, new in past.changed if old.network != new.network)
    others = [entry.network for entry in left if now.get(entry.id) != (entry.network.text, entry.comment)]
    return (*others, *(entry.network for entry in (*past.removed, *moved) if entry.network.text in listed))


def _undone(number: int, entry: Entry, before: Entry | None) -> Line:
    """Return the line for a network that stays, as it is or as it was; one of another text takes its place."""
    if before is None or before.network == entry.network:
        return Line(number, entry.network.text, entry.network, (before or entry).comment)
    return Line.restoring(number, replace(entry, network=before.network, comment=before.comment))


def _with(also: Iterable[Network], lines: list[Line]) -> Iterator[Line]:
    wanted = {line.network for line in lines}
    yield from lines
    for number, network in enumerate(dict.fromkeys(also), len(lines) + 1):
        if network not in wanted:
            yield Line(number, network.text, network)
