"""Tables: columns by their names, quoted as RFC 4180 has it, whatever stands between them (R13)."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.reading.says import errors, networks, said
from tests.domain.test_network import IP_NETWORKS
from tests.support.quick import scaled
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import MAX_COLUMNS, Unreadable

NET = "203.0.113.0/24"
COMMENT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from(" ,;\"'=#"), max_size=40
)


@pytest.mark.parametrize("name", ["network", "CIDR", "Ip", "ADDRESS", "ip_address", "cidr block"])
@pytest.mark.parametrize("note", ["comment", "Description", "NAME", "note"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_found_by_name_in_any_case_and_order(name: str, note: str, delimiter: str) -> None:
    rows = [["owner", note, name], ["Dana", "Office", NET], ["", "", "192.0.2.7"], ["", "", ""]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert said(text) == [(2, NET, "Office"), (3, "192.0.2.7/32", "")]


@given(
    st.lists(st.tuples(IP_NETWORKS.map(str), COMMENT), min_size=1, max_size=9),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
@settings(max_examples=scaled(200))
def test_what_a_spreadsheet_writes_is_read_as_it_was(
    rows: list[tuple[str, str]], delimiter: str, ending: str, quotes_all: bool
) -> None:
    file = io.StringIO()
    writer = csv.writer(
        file, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL
    )
    writer.writerows([("network", "comment"), *rows])
    read_again = [(network, comment) for _, network, comment in said(file.getvalue())]
    assert read_again == [(network, comment.removeprefix("'").strip(" \t\r\n")) for network, comment in rows]


def test_a_row_says_nothing_of_a_column_that_it_lacks_and_an_empty_one_is_said() -> None:
    assert said(f"network,comment\n{NET}\n192.0.2.7,\n") == [(2, NET, None), (3, "192.0.2.7/32", "")]
    assert said(f"network,owner\n{NET},Dana\n") == [(2, NET, None)]


def test_a_quoted_field_goes_on_in_the_next_line_and_lines_are_counted() -> None:
    text = f'network,comment\r\n{NET},"Office,\r\n""2nd"" floor"\r\n\r\n# no row\r\n192.0.2.7,Home\r\n'
    assert said(text) == [(2, NET, 'Office, "2nd" floor'), (6, "192.0.2.7/32", "Home")]


def test_a_row_is_a_comment_only_where_it_begins_like_one() -> None:
    assert said(f"owner,note,ip\n,#3 desk,{NET}\n  # Dana,x,192.0.2.7\n , ,\n") == [(2, NET, "#3 desk")]


def test_a_quote_that_is_not_closed_costs_its_own_row_only() -> None:
    text = f'network,comment\n"192.0.2.1,x\n192.0.2.2,"y\n{NET},Office\n192.0.2.3,a"b\n'
    assert errors(text) == [(2, "unterminated_quote"), (3, "unterminated_quote")]
    assert networks(text) == [NET, "192.0.2.3/32"]


def test_more_values_than_columns_are_an_error_not_half_a_comment() -> None:
    assert errors(f"network,comment\n{NET},Office, 2nd floor\n{NET},Office,,\n") == [(2, "columns")]


def test_a_leading_apostrophe_is_removed_once() -> None:
    text = f"network,comment\n{NET},'=1+1\n192.0.2.1,''quoted'\n'192.0.2.2,x\n"
    assert [comment for _, _, comment in said(text)] == ["=1+1", "'quoted'", "x"]


def test_a_mask_or_prefix_in_its_own_column_belongs_to_the_network() -> None:
    (line,) = read("address,netmask\n192.0.2.0,255.255.255.0\n").lines
    assert line.problem
    assert line.problem.corrections == ("192.0.2.0/24",)
    assert said("ip,prefix length\n192.0.2.0,24\n") == [(2, "192.0.2.0/24", None)]
    assert said("ip;cidr\n192.0.2.0;/24\n") == [(2, "192.0.2.0/24", None)]
    assert said("network,cidr\nHead office,192.0.2.0/24\n") == [(2, "192.0.2.0/24", None)]
    assert errors("ip,address\n192.0.2.0,192.0.2.9\n") == [(2, "several_values")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "deny"),
        ("Type", "Blocked"),
        ("policy", "DROP"),
        ("enabled", "false"),
        ("active", "0"),
        ("denied", "yes"),
        ("exclude", "x"),
        ("paused", "true"),
        ("state", "not allowed"),
        ("status", "inactive"),
    ],
)
def test_a_row_that_excludes_is_never_an_addition(column: str, value: str) -> None:
    assert errors(f"network,{column}\n{NET},{value}\n") == [(2, "negation")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "allow"), ("denied", "no"), ("enabled", "yes"), ("owner", "Ban of the big city"), ("comment", "deny")],
)
def test_other_columns_change_nothing(column: str, value: str) -> None:
    assert networks(f"network,{column}\n{NET},{value}\n") == [NET]


@pytest.mark.parametrize("column", ["ends_at", "Expires", "valid until"])
def test_an_end_is_not_passed_over(column: str) -> None:
    text = f"network,{column}\n{NET},2026-12-24\n192.0.2.7,\n192.0.2.8,never\n"
    assert errors(text) == [(2, "has_end")]


def test_the_comments_column_may_say_anything() -> None:
    assert said(f"network,comment\n{NET},deny 198.51.100.0/24\n") == [(2, NET, "deny 198.51.100.0/24")]


@pytest.mark.parametrize("rest", ["192.0.2.0,255.255.255.0", "192.0.2.0,24", ",255.255.255.0", ",/24", "192.0.2.0/24,"])
def test_a_mask_may_repeat_what_the_network_says(rest: str) -> None:
    assert said(f"cidr,network,mask\n192.0.2.0/24,{rest}\n") == [(2, "192.0.2.0/24", None)]


@pytest.mark.parametrize("rest", ["192.0.2.0,255.255.0.0", "192.0.2.0,16", ",240.0.240.240.0", "198.51.100.0,24"])
def test_a_mask_that_says_otherwise_is_an_error(rest: str) -> None:
    assert errors(f"cidr,network,mask\n192.0.2.0/24,{rest}\n") == [(2, "several_values")]


@pytest.mark.parametrize("column", ["prefixlength", "Prefix Length", "mask_len", "netMask"])
def test_a_prefix_has_columns_of_many_names(column: str) -> None:
    assert said(f"network;{column}\n192.0.2.0;24\n") == [(2, "192.0.2.0/24", None)]


def test_excels_own_first_line_names_the_separator() -> None:
    assert said(f"sep=;\r\nName;IP\r\nOffice, 2nd;{NET}\r\n") == [(3, NET, "Office, 2nd")]


def test_a_correction_takes_the_fields_place() -> None:
    reading = read('comment,network\n"Office, 2nd","192.0.2.7/24"\n')
    (line,) = reading.lines
    assert reading.corrected(line, "192.0.2.0/24") == 'comment,network\n"Office, 2nd","192.0.2.0/24"\n'


def test_a_table_of_far_too_many_columns_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read(f"network,{','.join('x' * MAX_COLUMNS)}\n{NET}\n")
    assert caught.value.problem == "too_many_columns"
