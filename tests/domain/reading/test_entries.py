"""A program's list: each entry is read, or its problem is named by its number (R13)."""

from __future__ import annotations

from webapp.domain.reading.entries import read_entries


def test_entries_are_read_by_number() -> None:
    entries = [
        {"network": "203.0.113.7"},
        {"network": "2001:DB8::/32", "comment": " Lab "},
        {"network": " 192.0.2.0/24", "comment": None},
    ]
    lines = read_entries(entries)
    assert [(line.number, str(line.network), line.comment) for line in lines] == [
        (1, "203.0.113.7/32", None),
        (2, "2001:db8::/32", "Lab"),
        (3, "192.0.2.0/24", None),
    ]


def test_what_the_api_says_of_a_network_can_be_sent_back_and_nothing_else() -> None:
    told = {"network": "192.0.2.0/24", "comment": "", "id": 5, "added_at": None, "added_by": ["x"]}
    [line] = read_entries([told])
    assert (str(line.network), line.comment) == ("192.0.2.0/24", "")
    for entry in (told | {"paused": True}, {"x" * 999: 1}):
        [line] = read_entries([entry])
        assert line.problem is not None
        assert (line.network, line.problem.code) == (None, "unknown_key")
        assert len(line.problem.message) < 160


def test_what_is_no_entry_says_why() -> None:
    entries = [
        "203.0.113.7",
        {},
        {"network": 5},
        {"network": "203.0.113.7", "comment": 5},
        {"network": "203.0.113.7", "comment": "a\u202eb"},
        {"network": "203.0.113.7/24"},
    ]
    problems = [line.problem for line in read_entries(entries)]
    assert [problem.code for problem in problems if problem] == [
        "type",
        "type",
        "type",
        "type",
        "comment_characters",
        "host_bits",
    ]
    assert [line.network for line in read_entries(entries)] == [None] * 6
