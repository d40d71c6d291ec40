"""What a desired list would change, line by line, before anything is changed (R13, R14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from webapp.domain.allowlist import MAX_NETWORKS, Allowlist, Entry, newest_first
from webapp.domain.desired import Line, Problem
from webapp.domain.network import Network

Mode = Literal["add", "replace"]
Kind = Literal["add", "change", "keep", "remove", "repeat", "error"]
_MISSING = Problem("required", "Enter a network.")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What becomes of a line of the desired list, or of a listed network that it lacks (`remove`).

    `wanted` is the line, None for a removal. `entry` is the listed network, None where it is not listed. `comment` is
    the one after the change. `first` is the number of the line that a repeat repeats, or an error contradicts.
    """

    kind: Kind
    network: Network | None
    comment: str = ""
    wanted: Line | None = None
    entry: Entry | None = None
    problem: Problem | None = None
    first: int = 0

    @property
    def keeps_another_comment(self) -> bool:
        """Whether the line says another comment than the one that stays, since `add` changes nothing."""
        said = None if self.wanted is None or self.wanted.is_hint else self.wanted.comment
        return self.kind == "keep" and said is not None and said != self.comment


@dataclass(frozen=True)
class Plan:
    """The change from one list to another. `lines` stand in the order of the text; removals follow (R13)."""

    mode: Mode
    before: Allowlist
    lines: tuple[PlanLine, ...]
    leaves_out_errors: bool = False
    result: Allowlist = field(default_factory=Allowlist)

    def of(self, *kinds: Kind) -> tuple[PlanLine, ...]:
        """Return the lines of these kinds."""
        return tuple(line for line in self.lines if line.kind in kinds)

    @cached_property
    def counts(self) -> Counter[Kind]:
        """How many lines there are of each kind."""
        return Counter(line.kind for line in self.lines)

    @property
    def is_change(self) -> bool:
        """Whether anything would be written."""
        return any(self.counts[kind] for kind in ("add", "change", "remove"))

    @property
    def open_errors(self) -> tuple[PlanLine, ...]:
        """The errors that keep the plan from being applied: all, unless the person leaves them out."""
        return () if self.leaves_out_errors else self.of("error")

    @property
    def unsure_removals(self) -> tuple[Network, ...]:
        """The networks whose removal has to be confirmed by name: a line that is left out may have meant one (R13)."""
        if not (self.leaves_out_errors and self.counts["error"]):
            return ()
        return tuple(line.network for line in self.of("remove") if line.network)

    @property
    def wide(self) -> tuple[Network, ...]:
        """The added networks that need a confirmation because they are very wide (R4)."""
        return tuple(line.network for line in self.of("add") if line.network and line.network.is_wide)

    @property
    def too_many(self) -> int:
        """How many networks the resulting list would have above what a list may hold (R4)."""
        return max(0, len(self.result.entries) - MAX_NETWORKS)


def plan(present: Allowlist, wanted: Iterable[Line], mode: Mode, *, leave_out_errors: bool = False) -> Plan:
    """Return what would change if the present list took in (`add`) or became (`replace`) what is wanted (R13).

    The resulting list has new networks on top, in the order of the text; those that a restore brings back stand where
    they stood (R16). It is as active as the present one. Takes time linear in the number of lines and networks, but
    for the sorting.
    """
    wanted = tuple(wanted)
    listed = {entry.network.text: entry for entry in present.entries}
    lines = list(_lines(wanted, listed, mode))
    if mode == "replace":
        named = {line.network.text for line in lines if line.network}
        lines += [
            PlanLine("remove", entry.network, entry.comment, entry=entry)
            for entry in present.entries
            if entry.network.text not in named
        ]
    result = replace(present, entries=_entries(present, lines))
    return Plan(mode, present, tuple(lines), leave_out_errors, result)


def _lines(wanted: Sequence[Line], listed: dict[str, Entry], mode: Mode) -> Iterator[PlanLine]:
    firsts: dict[str, tuple[Line, PlanLine]] = {}
    for line in wanted:
        if line.network is None or line.problem is not None:
            yield PlanLine("error", None, wanted=line, problem=line.problem or _MISSING)
        elif first := firsts.get(line.network.text):
            yield _repeat(line, *first)
        else:
            planned = _first(line, line.network, listed.get(line.network.text), mode)
            firsts[line.network.text] = line, planned
            yield planned


def _first(line: Line, network: Network, entry: Entry | None, mode: Mode) -> PlanLine:
    if entry is None:
        return PlanLine("add", network, line.comment or "", line)
    if mode == "add" or line.comment is None or line.is_hint or line.comment == entry.comment:
        return PlanLine("keep", network, entry.comment, line, entry)
    return PlanLine("change", network, line.comment, line, entry)


def _repeat(line: Line, first: Line, planned: PlanLine) -> PlanLine:
    contradicts = line.comment is not None and not line.is_hint and line.comment != first.comment
    if not contradicts:
        return PlanLine("repeat", line.network, planned.comment, line, planned.entry, first=first.number)
    message = f"{line.network} has another comment here than in line {first.number:,}. Leave one of the two lines out."
    return PlanLine("error", line.network, "", line, planned.entry, Problem("conflict", message), first.number)


def _entries(present: Allowlist, lines: Iterable[PlanLine]) -> tuple[Entry, ...]:
    added: list[Entry] = []
    changed: dict[str, Entry] = {}
    removed: set[str] = set()
    for line in lines:
        if line.kind == "add" and line.network:
            added.append(_new(line.network, line.comment, line.wanted.facts if line.wanted else None))
        elif line.kind == "change" and line.entry:
            changed[line.entry.network.text] = replace(line.entry, comment=line.comment)
        elif line.kind == "remove" and line.entry:
            removed.add(line.entry.network.text)
    kept = (entry for entry in present.entries if entry.network.text not in removed)
    return newest_first((*added, *(changed.get(entry.network.text, entry) for entry in kept)))


def _new(network: Network, comment: str, facts: Entry | None) -> Entry:
    """The entry of an added network; one that comes back keeps its facts and its place, never id and version (R16)."""
    if facts is None:
        return Entry(network, comment)
    return replace(facts, network=network, comment=comment, id=None, version="")
