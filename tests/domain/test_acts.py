"""What a recorded change did, as people say it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from webapp.domain.acts import Act, acts


def state(*networks: tuple[int, str, str], active: bool | None = False) -> dict[str, Any]:
    """Return what an event keeps of the list before or after it."""
    kept = [{"id": key, "network": network, "comment": comment} for key, network, comment in networks]
    return {"networks": kept} | ({} if active is None else {"active": active})


def many(numbers: Iterable[int], comment: str = "") -> list[tuple[int, str, str]]:
    """Return as many networks as an event keeps them."""
    return [(key, f"192.0.2.{key}/32", comment) for key in numbers]


ONE, OTHER = "192.0.2.0/24", "198.51.100.0/24"


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        ("add", state(), state((1, ONE, "Lab")), [Act("added", ONE, "Lab")]),
        ("restore", state(), state((1, ONE, "")), [Act("restored", ONE)]),
        ("delete", state((1, ONE, "Lab")), state(), [Act("deleted", ONE, "Lab")]),
        ("edit", state((1, ONE, "")), state((1, OTHER, "")), [Act("changed", ONE, to=OTHER)]),
        ("edit", state((1, ONE, "")), state((1, ONE, "Lab")), [Act("changed the comment of", ONE, now="Lab")]),
        ("edit", state((1, ONE, "A")), state((1, ONE, "B")), [Act("changed the comment of", ONE, was="A", now="B")]),
        ("edit", state((1, ONE, "Lab")), state((1, ONE, "")), [Act("removed the comment of", ONE, "Lab")]),
        ("activate", state(), state(active=True), [Act("activated the list")]),
        ("deactivate", state(active=True), state(), [Act("deactivated the list")]),
        (
            "delete",
            state((1, ONE, ""), active=True),
            state((2, OTHER, ""), active=True),
            [Act("deleted", ONE), Act("added", OTHER)],
        ),
        (
            "delete",
            state((1, ONE, ""), active=True),
            state(),
            [Act("deleted", ONE), Act("deactivated the list")],
        ),
        ("add", state(active=None), state((1, ONE, ""), active=None), [Act("added", ONE)]),
        ("import", state(), state(*many(range(4))), [Act("added 4 networks")]),
        ("restore", state(), state(*many(range(1_000))), [Act("restored 1,000 networks")]),
        (
            "import",
            state(*many(range(5)), active=True),
            state(*many(range(2), "Lab"), *many(range(5, 12)), active=False),
            [
                Act("deleted 3 networks"),
                Act("changed 2 networks"),
                Act("added 7 networks"),
                Act("deactivated the list"),
            ],
        ),
        (
            "import",
            state((1, ONE, "")),
            state(*many(range(2, 6))),
            [Act("deleted", ONE), Act("added 4 networks")],
        ),
        ("test", {}, {}, []),
        ("repair", state(active=True) | {"unreadable": [{"id": 1, "network": "x", "comment": ""}]}, state(), []),
    ],
)
def test_a_change_is_told_by_what_it_did(
    kind: str, before: dict[str, Any], after: dict[str, Any], expected: list[Act]
) -> None:
    assert acts(kind, before, after) == tuple(expected)


@pytest.mark.parametrize(
    ("was", "now", "told", "short"),
    [
        ("Office", "Depot", " from “Office” to “Depot”", True),
        ("", "Depot", " to “Depot”", True),
        ("", "", "", True),
        ("x" * 70, "y" * 70, f" from “{'x' * 70}” to “{'y' * 70}”", True),
        ("x" * 71, "y" * 70, f" from “{'x' * 71}” to “{'y' * 70}”", False),
    ],
)
def test_a_comment_is_told_as_it_was_and_as_it_is(was: str, now: str, told: str, short: bool) -> None:
    act = Act("changed the comment of", ONE, was=was, now=now)
    assert act.of_comment == told
    assert act.of_comment_if_short == (told if short else "")
