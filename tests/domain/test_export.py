"""A list as a file, and back: what is exported and imported again changes nothing (R17)."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_network import IP_NETWORKS
from tests.support.quick import scaled
from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.comment import CommentError, parse_comment
from webapp.domain.export import EXPORTS, to_csv, to_json, to_nginx, to_txt
from webapp.domain.network import parse_network
from webapp.domain.plan import plan
from webapp.domain.reading.decoding import decode
from webapp.domain.reading.read import read

FORMULAS = ["=1+1", "+1", "-1", "@x", "'", "''", "'=x"]
SPECIAL = [
    "#",
    "# x",
    "// y",
    "a,b;c\td",
    '"',
    '"x',
    "deny all",
    "\u00a0x\u200b",
    "203.0.113.9",
    "sep=;",
    "x\u0085",
    "​",
]


def kept(text: str) -> str:
    """Return the comment as a list would hold it; none where it would hold none."""
    with suppress(CommentError):
        return parse_comment(text)
    return ""


COMMENT = (st.text(max_size=140) | st.sampled_from(FORMULAS + SPECIAL)).map(kept)
MOMENT = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ENTRY = st.builds(
    lambda network, comment, by, at: Entry(parse_network(str(network)), comment, added_by=by, added_at=at),
    IP_NETWORKS,
    COMMENT,
    COMMENT,
    MOMENT,
)
LISTS = st.builds(
    lambda active, entries: Allowlist(active, tuple(entries)),
    st.booleans(),
    st.lists(ENTRY, max_size=12, unique_by=lambda entry: entry.network),
)
OFFICE = Allowlist(
    True,
    (
        Entry(
            parse_network("203.0.113.0/24"),
            "=HYPERLINK(1)",
            added_by="Dana",
            added_at=datetime(2026, 11, 27, tzinfo=UTC),
        ),
        Entry(parse_network("2001:db8::/32")),
    ),
)


@given(LISTS, st.sampled_from(sorted(EXPORTS)))
@settings(max_examples=scaled(400))
def test_what_is_exported_and_imported_again_is_only_kept(allowlist: Allowlist, name: str) -> None:
    lines = read(decode(EXPORTS[name](allowlist).encode())).lines
    for mode in ("add", "replace"):
        found = plan(allowlist, lines, mode)
        assert [line.kind for line in found.lines] == ["keep"] * len(allowlist.entries)
        assert [line.network for line in found.lines] == [entry.network for entry in allowlist.entries]
        assert not any(line.keeps_another_comment for line in found.lines)


@given(LISTS, st.sampled_from(sorted(EXPORTS)))
@settings(max_examples=scaled(200))
def test_an_export_makes_the_same_list_elsewhere(allowlist: Allowlist, name: str) -> None:
    result = plan(Allowlist(), read(EXPORTS[name](allowlist)).lines, "replace").result
    assert [(e.network, e.comment) for e in result.entries] == [(e.network, e.comment) for e in allowlist.entries]


@given(LISTS)
def test_no_cell_of_the_csv_is_a_formula(allowlist: Allowlist) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(allowlist), newline="")))
    assert len(rows) == 1 + len(allowlist.entries)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_the_formats_say_this() -> None:
    assert to_csv(OFFICE) == (
        "network,comment,added_by,added_at\r\n"
        "203.0.113.0/24,'=HYPERLINK(1),Dana,2026-11-27T00:00:00+00:00\r\n"
        "2001:db8::/32,,,\r\n"
    )
    assert json.loads(to_json(OFFICE)) == {
        "state": "active",
        "networks": [
            {
                "network": "203.0.113.0/24",
                "comment": "=HYPERLINK(1)",
                "added_by": "Dana",
                "added_at": "2026-11-27T00:00:00+00:00",
            },
            {"network": "2001:db8::/32", "comment": "", "added_by": "", "added_at": ""},
        ],
    }
    assert to_txt(OFFICE) == "203.0.113.0/24 # =HYPERLINK(1)\n2001:db8::/32\n"
    assert to_nginx(OFFICE) == "allow 203.0.113.0/24; # =HYPERLINK(1)\nallow 2001:db8::/32;\n"


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_an_empty_list_is_a_file_that_wants_nothing(name: str) -> None:
    assert read(EXPORTS[name](Allowlist())).lines == ()


def test_who_added_a_network_excludes_nothing() -> None:
    allowlist = Allowlist(False, (Entry(parse_network("203.0.113.7"), "deny", added_by="Ban Denied"),))
    for write in EXPORTS.values():
        assert [line.kind for line in plan(allowlist, read(write(allowlist)).lines, "replace").lines] == ["keep"]
