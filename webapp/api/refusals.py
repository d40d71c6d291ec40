"""Refusals of a change by a program: status, and a sentence with the way out; one entry for each line in error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Response

from webapp.domain.allowlist import Full, Refused, Stale
from webapp.domain.applying import AddsWide, HasErrors
from webapp.domain.desired import Problem
from webapp.domain.leaving_out import LeavesNobodyIn, LeavesOwnersOut
from webapp.domain.plan import Plan, PlanLine
from webapp.web.problems import failure

MAX_TEXT = 200  # characters of an entry that is shown again
_LEAVES_OWNERS_OUT = (
    "The list would let no owner in from where any of them signed in during the last 30 days. If that is meant, send "
    "acknowledge_lockout=true."
)
_ANSWERS: Mapping[type[Refused], tuple[int, str]] = MappingProxyType(
    {
        Stale: (412, "The list is another one than the one that you have read. Read it again, and decide anew."),
        HasErrors: (422, "Some entries can’t be used; nothing was changed. Correct them, or leave them out."),
        AddsWide: (422, "Very wide networks would be added. If they are meant, send confirm_wide=1."),
        Full: (422, "The list would hold more networks than it may."),
        LeavesOwnersOut: (409, _LEAVES_OWNERS_OUT),
        LeavesNobodyIn: (409, "An active list must have a network: an empty one lets nobody in."),
    }
)
_WIDE = Problem("confirm_wide", "This network is very wide: more than a /8 of IPv4, or a /20 of IPv6.")


def refused(refusal: Refused, plan: Plan) -> Response:
    """Return the answer to a refusal of what the plan says."""
    status, message = _ANSWERS[type(refusal)]
    return failure(status, refusal.code, message, [_entry(line) for line in _concerned(refusal, plan)])


def _concerned(refusal: Refused, plan: Plan) -> Iterable[PlanLine]:
    if isinstance(refusal, HasErrors):
        return refusal.lines
    if isinstance(refusal, AddsWide):
        return (line for line in plan.of("add") if line.network in refusal.networks)
    return ()


def _entry(line: PlanLine) -> dict[str, Any]:
    problem, number = line.problem or _WIDE, line.wanted.number if line.wanted else 0
    told = {"line": number, "pointer": f"#/networks/{number - 1}", "code": problem.code, "detail": problem.message}
    return told | {"text": line.wanted.text[:MAX_TEXT] if line.wanted else "", "corrections": problem.corrections}
