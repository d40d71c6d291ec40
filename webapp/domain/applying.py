"""Applying a plan that somebody has seen: the same plan, or none (R14)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from webapp.domain.allowlist import Allowlist, Full, Refused, Stale
from webapp.domain.network import Network
from webapp.domain.plan import Plan, PlanLine


class HasErrors(Refused):
    """Some lines name no network, or contradict others, and nobody has left them out (R13)."""

    code = "has_errors"

    def __init__(self, lines: tuple[PlanLine, ...]) -> None:
        super().__init__()
        self.lines = lines


class RemovesUnsure(Refused):
    """Networks would be removed that a line that is left out may have meant, and nobody has said yes (R13)."""

    code = "confirm_removals"

    def __init__(self, networks: tuple[Network, ...]) -> None:
        super().__init__()
        self.networks = networks


class AddsWide(Refused):
    """Very wide networks would be added, and nobody has said yes (R4)."""

    code = "confirm_wide"

    def __init__(self, networks: tuple[Network, ...]) -> None:
        super().__init__()
        self.networks = networks


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody says yes to: the list's revision and the plan's digest as they were shown, and the questions.

    None stands for a program or an operator, who is asked in another way.
    """

    version: str | None = None
    digest: str | None = None
    confirms_removals: bool = False
    confirms_wide: bool = False


def digest(plan: Plan) -> str:
    """Return what names a plan: its mode, whether errors are left out, and every line, also of what stays (R14)."""
    lines = [
        [
            line.kind,
            line.network.text if line.network else "",
            line.comment,
            line.entry.comment if line.entry else None,
            [line.wanted.number, line.wanted.text, line.problem.code] if line.wanted and line.problem else None,
        ]
        for line in plan.lines
    ]
    text = json.dumps([plan.mode, plan.leaves_out_errors, lines], ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def applied(plan: Plan, seen: Seen) -> Allowlist:
    """Return the resulting list of a plan that was seen and may be applied. R6 is asked afterwards, of this list.

    Raises:
        Stale: the list or the plan is another one than was shown (R14).
        HasErrors: some lines are in error, and are not left out.
        Full: the resulting list would hold more networks than it may (R4).
        RemovesUnsure, AddsWide: what nobody has said yes to.
    """
    if seen.version not in {None, plan.before.revision} or seen.digest not in {None, digest(plan)}:
        raise Stale
    if plan.open_errors:
        raise HasErrors(plan.open_errors)
    if plan.too_many:
        raise Full
    if plan.unsure_removals and not seen.confirms_removals:
        raise RemovesUnsure(plan.unsure_removals)
    if plan.wide and not seen.confirms_wide:
        raise AddsWide(plan.wide)
    return plan.result
