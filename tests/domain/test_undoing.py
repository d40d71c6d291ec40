"""Undoing a change: what it concerned becomes what it was, and nothing else. Restoring: everything does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.allowlist import Allowlist, Duplicate, Entry, newest_first
from webapp.domain.desired import Line
from webapp.domain.network import parse_network
from webapp.domain.plan import Mode, plan
from webapp.domain.undoing import ChangedSince, PastChange, restoring, undoing

NETWORKS = [parse_network(f"192.0.2.{number}") for number in range(8)]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
WANTED = st.dictionaries(st.sampled_from(NETWORKS), st.none() | st.sampled_from(["", "a", "b"]))


def stored(result: Allowlist, first: int) -> Allowlist:
    """Return the list as it is once it is stored: what is new has an id, a place and a moment."""
    entries, ids = [], iter(range(first, first + 100))
    for entry in reversed(result.entries):
        new = entry.id or next(ids)
        moment = entry.added_at or LONG_AGO + timedelta(days=first)
        entries.append(replace(entry, id=new, position=entry.position or new, added_at=moment))
    return replace(result, entries=newest_first(entries))


def changed(present: Allowlist, wanted: dict[object, str | None], mode: Mode, first: int) -> Allowlist:
    """Return the list after an import."""
    lines = [Line(number, str(network), network, comment) for number, (network, comment) in enumerate(wanted.items())]  # type: ignore[arg-type]
    return stored(plan(present, lines, mode).result, first)


def past(before: Allowlist, after: Allowlist) -> PastChange:
    """Return what led from one list to the other, as an event keeps it."""
    old, new = ({entry.id: entry for entry in one.entries} for one in (before, after))
    return PastChange(
        tuple(entry for key, entry in new.items() if key not in old),
        tuple((entry, new[key]) for key, entry in old.items() if key in new and new[key] != entry),
        tuple(entry for key, entry in old.items() if key not in new),
    )


def facts(allowlist: Allowlist) -> list[tuple[object, ...]]:
    """Return what stays of a list when its ids and versions do not."""
    return [(one.network, one.comment, one.added_at, one.position) for one in allowlist.entries]


@given(WANTED, WANTED, st.sampled_from(["add", "replace"]))
def test_the_list_is_what_it_was(
    listed: dict[object, str | None], wanted: dict[object, str | None], mode: Mode
) -> None:
    before = changed(Allowlist(), listed, "add", 100)
    after = changed(before, wanted, mode, 300)
    assert facts(stored(undoing(after, past(before, after)).result, 500)) == facts(before)


@given(WANTED, WANTED, WANTED)
def test_of_two_changes_the_first_is_undone_without_the_second_or_not_at_all(
    listed: dict[object, str | None], wanted: dict[object, str | None], later: dict[object, str | None]
) -> None:
    before = changed(Allowlist(), listed, "add", 100)
    after = changed(before, wanted, "replace", 300)
    now = changed(after, later, "replace", 500)
    first, second = past(before, after), past(after, now)
    try:
        result = undoing(now, first).result
    except (ChangedSince, Duplicate):
        return
    kept = {entry.network for entry in result.entries}
    assert {entry.network for entry in second.added} <= kept
    assert {entry.network for entry in first.removed} <= kept
    assert not {entry.network for entry in first.added} & kept


@pytest.mark.parametrize("comment", ["other", ""])
def test_the_networks_that_have_changed_are_named(comment: str) -> None:
    network = NETWORKS[0]
    added = Entry(network, "new", id=7)
    for now in (Allowlist(), Allowlist(entries=(replace(added, comment=comment),))):
        with pytest.raises(ChangedSince) as refused:
            undoing(now, PastChange(added=(added,)))
        assert refused.value.networks == (network,)


def test_a_network_that_was_edited_is_again_what_it_was_in_its_place() -> None:
    before = changed(Allowlist(), dict.fromkeys(NETWORKS[:3], "a"), "add", 100)
    was = before.entries[1]
    after = before.edit(was.id or 0, NETWORKS[5], "moved")
    plan = undoing(after, past(before, after))
    assert [(line.kind, line.network) for line in plan.of("add", "remove")] == [
        ("add", was.network),
        ("remove", NETWORKS[5]),
    ]
    assert facts(stored(plan.result, 300)) == facts(before)


def test_an_edit_is_not_undone_where_the_network_of_before_was_added_again() -> None:
    before = changed(Allowlist(), {NETWORKS[0]: "a"}, "add", 100)
    after = before.edit(before.entries[0].id or 0, NETWORKS[5], "moved")
    with pytest.raises(ChangedSince) as refused:
        undoing(stored(after.add(NETWORKS[0]), 300), past(before, after))
    assert refused.value.networks == (NETWORKS[0],)


@given(WANTED, WANTED, st.booleans())
def test_a_list_that_is_restored_has_the_networks_and_comments_that_it_had(
    then: dict[object, str | None], now: dict[object, str | None], active: bool
) -> None:
    was = changed(Allowlist(), then, "add", 100)
    present = replace(changed(was, now, "replace", 300), active=active)
    result = restoring(present, was).result
    assert result.active == active
    assert {(one.network, one.comment) for one in result.entries} == {(one.network, one.comment) for one in was.entries}


def test_what_is_wanted_besides_is_added_once() -> None:
    was = changed(Allowlist(), {NETWORKS[0]: "a"}, "add", 100)
    also = (NETWORKS[1], NETWORKS[0], NETWORKS[1])
    assert [one.network for one in restoring(Allowlist(), was, also).result.entries] == [NETWORKS[1], NETWORKS[0]]


def test_a_deleted_network_that_is_listed_again_is_a_duplicate() -> None:
    before = changed(Allowlist(), {NETWORKS[0]: "a"}, "add", 100)
    gone = Allowlist()
    assert undoing(gone, past(before, gone)).result.entries[0].id is None
    with pytest.raises(Duplicate):
        undoing(changed(gone, {NETWORKS[0]: "b"}, "add", 300), past(before, gone))
