"""Nothing is applied unseen: another list, another line, or a question without a yes refuses the whole plan (R14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.test_plan import HOME, NET, OTHER, listed, wanted
from webapp.domain.allowlist import MAX_NETWORKS, Full, Refused, Stale
from webapp.domain.applying import AddsWide, HasErrors, RemovesUnsure, Seen, applied, digest
from webapp.domain.plan import Plan, plan

PRESENT = listed(NET, OTHER)


def seen(shown: Plan, *, confirms: bool = False) -> Seen:
    return Seen(shown.before.revision, digest(shown), confirms_removals=confirms, confirms_wide=confirms)


def test_a_plan_is_applied_as_it_was_shown() -> None:
    shown = plan(PRESENT, wanted((NET, "x"), (HOME, None)), "replace")
    assert applied(plan(PRESENT, wanted((NET, "x"), (HOME, None)), "replace"), seen(shown)) == shown.result
    assert applied(shown, Seen()) == shown.result


@pytest.mark.parametrize(
    "other",
    [
        plan(PRESENT, wanted((NET, "x"), (HOME, None)), "add"),
        plan(PRESENT, wanted((NET, "y"), (HOME, None)), "replace"),
        plan(PRESENT, wanted((NET, "x"), (HOME, ""), (HOME, "")), "replace"),
        plan(PRESENT, wanted((NET, "x")), "replace"),
        plan(PRESENT, wanted((NET, "x"), (HOME, None), (OTHER, None)), "replace"),
        plan(PRESENT, wanted((NET, "x"), (HOME, None), ("?", None)), "replace", leave_out_errors=True),
        plan(replace(PRESENT, revision="r2"), wanted((NET, "x"), (HOME, None)), "replace"),
        plan(listed(NET), wanted((NET, "x"), (HOME, None)), "replace"),
    ],
    ids=["mode", "comment", "repeat", "fewer", "keep", "error", "revision", "list"],
)
def test_another_plan_than_the_one_that_was_seen_is_stale(other: Plan) -> None:
    shown = plan(PRESENT, wanted((NET, "x"), (HOME, None)), "replace")
    with pytest.raises(Stale):
        applied(other, seen(shown))


def test_another_comment_of_a_network_that_stays_is_another_plan() -> None:
    entry = replace(PRESENT.entries[0], comment="changed meanwhile")
    other = replace(PRESENT, entries=(entry, PRESENT.entries[1]))
    lines = wanted((NET, None), (OTHER, None))
    assert digest(plan(PRESENT, lines, "replace")) != digest(plan(other, lines, "replace"))


def test_errors_that_are_left_out_are_part_of_what_was_seen() -> None:
    lines = wanted((NET, None), ("?", None))
    left_out = plan(PRESENT, lines, "add", leave_out_errors=True)
    assert digest(plan(PRESENT, lines, "add")) != digest(left_out)
    moved = [replace(lines[1], number=1), replace(lines[0], number=2)]
    assert digest(plan(PRESENT, moved, "add", leave_out_errors=True)) != digest(left_out)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (plan(PRESENT, wanted((NET, None), ("?", None)), "add"), HasErrors),
        (plan(PRESENT, wanted((NET, None), ("?", None)), "replace", leave_out_errors=True), RemovesUnsure),
        (plan(PRESENT, wanted(("0.0.0.0/0", None)), "add"), AddsWide),
    ],
)
def test_what_nobody_has_said_yes_to_refuses_the_whole_plan(asked: Plan, refusal: type[Refused]) -> None:
    with pytest.raises(refusal) as caught:
        applied(asked, seen(asked))
    assert caught.value.code in {"has_errors", "confirm_removals", "confirm_wide"}
    if refusal is not HasErrors:
        assert applied(asked, seen(asked, confirms=True)) == asked.result


def test_a_list_above_the_limit_is_refused_whatever_was_confirmed() -> None:
    many = wanted(*((f"10.{number >> 8}.{number & 255}.0/24", None) for number in range(MAX_NETWORKS)))
    with pytest.raises(Full):
        applied(plan(PRESENT, many, "add"), Seen(confirms_removals=True, confirms_wide=True))
