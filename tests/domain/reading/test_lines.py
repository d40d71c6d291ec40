"""Plain lines: a network and its comment, several networks, and what is never taken as it stands (R13)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.reading.says import errors, networks, said
from tests.domain.test_network import ANYTHING, IP_NETWORKS
from tests.domain.test_pasted import EXCLUDING
from tests.support.quick import scaled
from webapp.domain.comment import MAX_COMMENT
from webapp.domain.network import NetworkError, parse_network
from webapp.domain.reading.behind import _is_harmless, _judged
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import Unreadable

NET = "203.0.113.0/24"
COMMENTS = ["Office", "Büro Köln – Süd", "R&D (2nd floor)", "since 24.12.2026", "24/7 desk", "Desk # 3", "Haus 12a"]
PLAIN = ["", "\n", "# ", "x ", ", ", "; ", "- ", '"', "'", "[", "]", "{", "}", ":", "=", "\t", " ", "allow ", "deny:\n"]
HOSTILE = st.lists(st.one_of(ANYTHING, IP_NETWORKS.map(str), st.sampled_from(PLAIN)), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        (NET, None),
        (f"  {NET}  ", None),
        (f"{NET},", None),
        (f"{NET} Office", "Office"),
        (f"{NET}\tOffice", "Office"),
        (f"{NET}, Office", "Office"),
        (f"{NET}; Office", "Office"),
        (f"{NET} - Office", "Office"),
        (f"{NET}# Office", "Office"),
        (f"{NET} // Office", "Office"),
        (f"{NET} #", ""),
        (f"{NET} # deny 198.51.100.0/24", "deny 198.51.100.0/24"),
        (f"- {NET}", None),
        (f"- {NET} # Office", "Office"),
        (f'"{NET}",', None),
        (f'"{NET}", # Office', "Office"),
        (f"'{NET}'", None),
        (f'{NET},"Office, ""2nd"" floor"', 'Office, "2nd" floor'),
        (f'{NET},"Office\r\nsecond floor"', "Office second floor"),
        (f"{NET},NO,NO-03,Oslo,0150", "NO,NO-03,Oslo,0150"),
        (f"{NET},TO,,Nukualofa,", "TO,,Nukualofa"),
        (f"{NET},,,,", None),
    ],
)
def test_a_line_is_a_network_and_its_comment(line: str, comment: str | None) -> None:
    assert said(f"# head\n\n{line}\n// tail") == [(3, NET, comment)]


@given(IP_NETWORKS.map(str), st.sampled_from([" ", "\t", ", ", "; ", " # ", " // "]), st.sampled_from(COMMENTS))
def test_every_network_is_read_with_its_comment_behind_every_mark(network: str, joint: str, comment: str) -> None:
    assert said(network + joint + comment) == [(1, network, comment)]


def test_several_networks_stand_in_a_line_where_nothing_else_does() -> None:
    line = '203.0.113.0/24, 198.51.100.7;2001:db8::/32 "192.0.2.1"'
    assert networks(line) == ["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32", "192.0.2.1/32"]
    assert {comment for _, _, comment in said(f"{line} # Offices")} == {"Offices"}
    assert networks("192.0.2.1, 192.0.2.300") == ["192.0.2.1/32"]
    assert errors("192.0.2.1, 192.0.2.300") == [(1, "address_syntax")]


@pytest.mark.parametrize("line", ["192.0.2.1 and 192.0.2.3", "192.0.2.1 see 192.0.2.3", "192.0.2.1, 192.0.2.2 Office"])
def test_a_further_network_among_other_words_is_an_error(line: str) -> None:
    assert networks(line) == []
    assert len(errors(line)) == 1


@pytest.mark.parametrize("line", ["192.0.2.0 255.255.255.0", "192.0.2.0, 0.0.0.255 Office", "192.0.2.0/255.255.255.0"])
def test_an_address_and_its_mask_are_one_network_as_in_the_field(line: str) -> None:
    (problem,) = [one.problem for one in read(line).lines if one.problem]
    assert problem.corrections == ("192.0.2.0/24",)


@pytest.mark.parametrize("text", [one for one in EXCLUDING if one != "# {}" and "#" not in one])
def test_what_excludes_is_never_an_addition(text: str) -> None:
    line = text.format(NET)
    assert networks(line) == []
    assert errors(line)


def test_behind_a_hash_everything_is_comment() -> None:
    assert said(f"{NET} # not in use") == [(1, NET, "not in use")]


@pytest.mark.parametrize("network", ["4df8:38a9:6ea:b33c:4a52:62dd:4589:9ddf/128", "fe:d:c:b:a:f:e:d", "2001:db8::a"])
def test_a_network_is_no_heading_whatever_its_comment_says(network: str) -> None:
    assert networks(f"{network} # deny all\n{NET}\n")[1:] == [NET]


@pytest.mark.parametrize("head", ["Blocked:", "deny:", "deny = [", "The following are not allowed", "<RequireNone>"])
def test_what_stands_under_a_line_that_excludes_is_never_an_addition(head: str) -> None:
    assert networks(f"{head}\n{NET}\n\n  - 198.51.100.0/24\n") == []


def test_the_next_heading_ends_what_one_excludes() -> None:
    text = f"allow:\n  - 192.0.2.1\ndeny:\n  networks:\n    - 192.0.2.2\nother:\n  - {NET}\n"
    assert networks(text) == ["192.0.2.1/32", NET]
    assert errors(text) == [(3, "negation"), (5, "negation")]


def test_a_setting_that_excludes_is_said_of_its_block() -> None:
    block = 'rule "a" {{\n  action = "{}"\n  ips = [\n    "{}",\n  ]\n}}\n'
    text = block.format("deny", "192.0.2.1") + block.format("allow", "192.0.2.2")
    assert networks(text) == ["192.0.2.2/32"]


@pytest.mark.parametrize("marks", [("/*", "*/"), ("<!--", "-->")])
def test_what_is_commented_out_in_a_block_wants_nothing(marks: tuple[str, str]) -> None:
    opening, closing = marks
    text = f"192.0.2.1\n{opening}\n192.0.2.2\n192.0.2.3 {closing}\n{opening} x {closing}\n{NET}"
    assert said(text) == [(1, "192.0.2.1/32", None), (6, NET, None)]
    assert errors(f"{opening}\n{NET}") == errors(f"{opening} x {closing} {NET}") == [(1, "block_comment")]


def test_a_switch_that_is_off_is_said_of_its_block() -> None:
    block = 'a {{\n  enabled = {}\n  ips = [\n    "{}",\n  ]\n}}\n'
    text = block.format("false", "192.0.2.1") + block.format("true", "192.0.2.2")
    assert networks(text) == ["192.0.2.2/32"]
    assert networks(f"state: paused\nips:\n  - {NET}\n") == []


def test_blanks_of_every_kind_are_trimmed_and_that_is_said() -> None:
    lines = read("\u00a0203.0.113.7\u200b\n203.0.113.8 \n\ufeff203.0.113.9\t").lines
    assert [(str(line.network), line.trimmed) for line in lines] == [
        ("203.0.113.7/32", True),
        ("203.0.113.8/32", False),
        ("203.0.113.9/32", True),
    ]


def test_a_comment_that_cannot_be_kept_is_an_error() -> None:
    assert errors(f"{NET} # {'x' * (MAX_COMMENT + 1)}\n{NET} {'x' * 300}\n{NET} # a\u202eb") == [
        (1, "comment_too_long"),
        (2, "comment_too_long"),
        (3, "comment_characters"),
    ]
    assert errors(f'{NET},"Office') == [(1, "unterminated_quote")]


def test_an_error_is_corrected_in_its_place() -> None:
    text = "192.0.2.7/24 Office\r\n192.0.2.1, 198.51.100.7/24 # x\r\nallow 203.0.113.7/24; # y\r\n"
    for _ in range(3):
        reading = read(text)
        line = next(line for line in reading.lines if line.problem)
        assert line.problem
        text = reading.corrected(line, line.problem.corrections[0])
    assert text == "192.0.2.0/24 # Office\r\n192.0.2.1, 198.51.100.0/24 # x\r\nallow 203.0.113.0/24; # y\r\n"


def test_a_correction_within_a_statement_adds_nothing_to_it() -> None:
    reading = read('allow x"2001:db8::/64;')
    (problem,) = [line.problem for line in reading.lines if line.problem]
    assert reading.corrected(reading.lines[0], problem.corrections[0]) == "allow 2001:db8::/64;"


def test_a_range_is_corrected_into_its_networks() -> None:
    reading = read("192.0.2.1 - 192.0.2.3")
    (problem,) = [line.problem for line in reading.lines if line.problem]
    assert problem.corrections == ("192.0.2.1/32, 192.0.2.2/31",)
    assert networks(reading.corrected(reading.lines[0], problem.corrections[0])) == ["192.0.2.1/32", "192.0.2.2/31"]


@given(
    st.lists(st.sampled_from(["Office", "no", "n", "t", "out", "keep", "12", "to", "deny", "Not", "bits"]), min_size=1)
)
@settings(max_examples=scaled(300))
def test_words_that_are_taken_quickly_are_harmless_to_the_field_too(words: list[str]) -> None:
    text = " ".join(words)
    assert not _is_harmless(text) or _judged(text, True) == text


@given(HOSTILE)
@settings(max_examples=scaled(400))
def test_whatever_is_read_is_refused_or_read_and_the_field_takes_what_is_accepted(text: str) -> None:
    try:
        reading = read(text)
    except Unreadable:
        return
    for line in reading.lines:
        assert (line.network is None) != (line.problem is None)
        if line.network:
            assert parse_network(str(line.network)) == line.network
            assert reading.format == "table" or parse_network(reading.text[line.start : line.end]) == line.network


@given(ANYTHING)
@settings(max_examples=scaled(300))
def test_a_line_that_the_field_takes_is_accepted_and_one_that_is_accepted_alone_the_field_takes(text: str) -> None:
    line = text.strip(" \t\r\n")
    if not line or "\n" in line or "\r" in line or line.startswith(("#", "//")):
        return
    try:
        network = parse_network(line)
    except NetworkError:
        return
    assert said(line) == [(1, network.text, None)]


@pytest.mark.parametrize(
    "line", [f"{NET} and 192.0.2.0/28", f"{NET} except 192.0.2.0/28", "192.0.2.1 or 192.0.2.9 (VPN)"]
)
def test_several_networks_between_words_are_asked_for_line_by_line(line: str) -> None:
    (problem,) = [line.problem for line in read(line).lines if line.problem]
    assert (problem.code, "each on a line of its own" in problem.message) == ("several_values", True)
