"""The plan of a desired list: what it would change, line by line, and the list that it makes (R13, R16)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_network import IP_NETWORKS
from tests.support.quick import scaled
from webapp.domain.allowlist import MAX_NETWORKS, Allowlist, Entry
from webapp.domain.desired import Line, Problem
from webapp.domain.network import parse_network
from webapp.domain.plan import Mode, Plan, plan
from webapp.domain.reading.read import read

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
NET, OTHER, HOME = "203.0.113.0/24", "198.51.100.0/24", "192.0.2.7/32"
POOL = st.sampled_from([NET, OTHER, HOME, "2001:db8::/32", "10.0.0.0/8", "0.0.0.0/1"])
TEXT = st.sampled_from(["", "Office", "Home"])
BROKEN = Problem("host_bits", "A /24 can’t start there.", (NET,))


def listed(*networks: str, active: bool = True) -> Allowlist:
    """Return a list, newest first; each network has its text's end as its comment."""
    numbers = count(len(networks), -1)
    entries = [
        Entry(parse_network(text), text[-2:], number, f"v{number}", NOON + timedelta(number), "Dana", 1, number)
        for text, number in zip(networks, numbers, strict=False)
    ]
    return Allowlist(active, tuple(entries), "r1")


def wanted(*lines: tuple[str, str | None]) -> list[Line]:
    """Return lines that want these (network, comment); "?" is a line in error."""
    return [
        Line(number, text, problem=BROKEN) if text == "?" else Line(number, text, parse_network(text), comment)
        for number, (text, comment) in enumerate(lines, 1)
    ]


def kinds(found: Plan) -> list[tuple[str, str]]:
    return [(line.kind, str(line.network or "")) for line in found.lines]


def texts(allowlist: Allowlist) -> list[str]:
    return [entry.network.text for entry in allowlist.entries]


LINES = st.lists(st.tuples(POOL, st.none() | TEXT) | st.just(("?", None)), max_size=8).map(lambda one: wanted(*one))
LISTS = st.builds(
    lambda networks, active: listed(*networks, active=active), st.lists(POOL, unique=True, max_size=5), st.booleans()
)
MODES = st.sampled_from(["add", "replace"])


def test_adding_adds_what_is_missing_on_top_in_the_order_of_the_text_and_changes_nothing_else() -> None:
    present = listed(NET)
    found = plan(present, wanted((OTHER, "Lab"), (NET, "another"), (HOME, None)), "add")
    assert kinds(found) == [("add", OTHER), ("keep", NET), ("add", HOME)]
    assert texts(found.result) == [OTHER, HOME, NET]
    assert found.result.entries[2] is present.entries[0]
    assert [(entry.comment, entry.id, entry.version) for entry in found.result.entries[:2]] == [
        ("Lab", None, ""),
        ("", None, ""),
    ]
    assert [line.keeps_another_comment for line in found.lines] == [False, True, False]


def test_replacing_makes_the_list_what_is_wanted() -> None:
    present = listed(NET, HOME, OTHER)
    found = plan(present, wanted(("2001:db8::/32", None), (HOME, "Desk"), (NET, None)), "replace")
    assert kinds(found) == [("add", "2001:db8::/32"), ("change", HOME), ("keep", NET), ("remove", OTHER)]
    assert texts(found.result) == ["2001:db8::/32", NET, HOME]
    before, after = present.entries[1], found.result.entries[2]
    assert (after.comment, after.id, after.version, after.added_at, after.added_by, after.position) == (
        "Desk",
        before.id,
        before.version,
        before.added_at,
        "Dana",
        before.position,
    )
    assert found.counts == {"add": 1, "change": 1, "keep": 1, "remove": 1}


def test_what_is_not_said_stays_and_an_explicit_empty_comment_takes_it_away() -> None:
    present = listed(NET, OTHER)
    found = plan(present, wanted((NET, None), (OTHER, "")), "replace")
    assert [(line.kind, line.comment) for line in found.lines] == [("keep", "24"), ("change", "")]


def test_a_hint_is_for_added_networks_and_contradicts_nothing() -> None:
    lines = [Line(number, NET, parse_network(NET), text, is_hint=True) for number, text in enumerate("ab", 1)]
    assert kinds(plan(listed(), lines, "replace")) == [("add", NET), ("repeat", NET)]
    assert plan(listed(), lines, "replace").result.entries[0].comment == "a"
    assert kinds(plan(listed(NET), lines, "replace")) == [("keep", NET), ("repeat", NET)]
    assert not plan(listed(NET), lines, "add").lines[0].keeps_another_comment


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("a", "a", "repeat"),
        ("a", None, "repeat"),
        (None, None, "repeat"),
        ("a", "b", "error"),
        ("a", "", "error"),
        (None, "b", "error"),
    ],
)
def test_the_first_line_wins_and_a_repeat_that_says_something_else_is_a_conflict(
    first: str | None, second: str | None, kind: str
) -> None:
    found = plan(listed(), wanted((NET, first), (NET, second)), "add")
    assert [line.kind for line in found.lines] == ["add", kind]
    assert found.lines[1].first == 1
    assert found.result.entries[0].comment == (first or "")
    if kind == "error":
        assert found.lines[1].problem
        assert (found.lines[1].problem.code, "line 1" in found.lines[1].problem.message) == ("conflict", True)


@pytest.mark.parametrize(
    ("comment", "mode", "after"), [(None, "replace", "24"), ("a", "replace", "a"), ("a", "add", "24")]
)
def test_a_repeat_tells_the_comment_that_the_network_has_afterwards(
    comment: str | None, mode: Mode, after: str
) -> None:
    found = plan(listed(NET), wanted((NET, comment), (NET, None)), mode)
    assert [line.comment for line in found.lines] == [after, after]
    assert found.result.entries[0].comment == after


def test_errors_keep_a_plan_from_being_applied_unless_they_are_left_out() -> None:
    lines = wanted((NET, None), ("?", None))
    assert [line.kind for line in plan(listed(), lines, "add").open_errors] == ["error"]
    assert plan(listed(), lines, "add", leave_out_errors=True).open_errors == ()
    assert texts(plan(listed(), lines, "add", leave_out_errors=True).result) == [NET]


def test_removals_beside_errors_that_are_left_out_have_to_be_confirmed() -> None:
    lines = wanted((NET, None), ("?", None))
    unsure = plan(listed(NET, OTHER), lines, "replace", leave_out_errors=True)
    assert [str(network) for network in unsure.unsure_removals] == [OTHER]
    assert plan(listed(NET, OTHER), lines[:1], "replace", leave_out_errors=True).unsure_removals == ()
    assert plan(listed(NET, OTHER), lines, "replace").unsure_removals == ()
    assert plan(listed(NET, OTHER), lines, "add", leave_out_errors=True).unsure_removals == ()


def test_only_an_added_network_has_to_be_confirmed_as_wide() -> None:
    found = plan(listed("0.0.0.0/1"), wanted(("0.0.0.0/1", "x"), ("128.0.0.0/1", None)), "replace")
    assert [str(network) for network in found.wide] == ["128.0.0.0/1"]


def test_a_list_that_would_be_too_long_says_by_how_many() -> None:
    many = wanted(*((f"10.{number >> 8}.{number & 255}.0/24", None) for number in range(MAX_NETWORKS)))
    assert plan(listed(), many, "add").too_many == 0
    assert plan(listed(NET, OTHER), many, "add").too_many == 2
    assert plan(listed(NET, OTHER), many, "replace").too_many == 0


def test_a_plan_never_activates_or_deactivates() -> None:
    assert plan(listed(NET, active=True), [], "replace").result == Allowlist(True, ())
    assert not plan(listed(active=False), wanted((NET, None)), "replace").result.active


@given(LISTS, LISTS)
def test_a_list_that_is_restored_is_as_it_was_with_new_ids(earlier: Allowlist, present: Allowlist) -> None:
    lines = [Line.restoring(number, entry) for number, entry in enumerate(earlier.entries, 1)]
    result = plan(present, lines, "replace").result
    now, was = ({entry.network.text: entry for entry in one.entries} for one in (present, earlier))
    assert set(texts(result)) == set(was)
    for entry in result.entries:
        facts = now.get(entry.network.text, was[entry.network.text])
        assert entry.comment == was[entry.network.text].comment
        assert (entry.added_at, entry.added_by, entry.position) == (facts.added_at, facts.added_by, facts.position)
        assert entry.id == (facts.id if entry.network.text in now else None)
    if not present.entries:
        assert texts(result) == texts(earlier)


@given(LISTS, LINES, MODES, st.booleans())
@settings(max_examples=scaled(300))
def test_a_plan_that_is_applied_leaves_nothing_to_do(
    present: Allowlist, lines: list[Line], mode: Mode, leave_out: bool
) -> None:
    first = plan(present, lines, mode, leave_out_errors=leave_out)
    again = plan(first.result, lines, mode, leave_out_errors=leave_out)
    assert not again.is_change
    assert again.result == first.result


@given(LISTS, LINES, MODES)
@settings(max_examples=scaled(300))
def test_every_line_and_every_listed_network_has_its_place_in_the_plan(
    present: Allowlist, lines: list[Line], mode: Mode
) -> None:
    found = plan(present, lines, mode)
    assert [line.wanted for line in found.lines if line.kind != "remove"] == lines
    left = [line.network for line in found.of("keep", "change", "add")]
    assert len(left) == len(set(left))
    asked = {line.network for line in lines if line.network}
    if mode == "replace":
        assert {entry.network for entry in found.result.entries} == asked
    else:
        assert {entry.network for entry in found.result.entries} == asked | {entry.network for entry in present.entries}
    assert found.is_change == (found.result != present)


@given(st.lists(IP_NETWORKS.map(str), max_size=20))
def test_a_plan_of_read_lines_lists_each_network_once(networks: list[str]) -> None:
    result = plan(Allowlist(), read("\n".join(networks)).lines, "add").result
    assert texts(result) == list(dict.fromkeys(networks))
