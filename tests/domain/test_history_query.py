"""What of a history is asked for: each text strictly, each mistake a sentence."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.event_kinds import KINDS
from webapp.domain.history_query import GROUPS, OPERATOR_ID, Cursor, HistoryQuery, QueryErrors, read
from webapp.domain.network import Network


def refused(**texts: str) -> dict[str, str]:
    """Return why the texts are refused, by field."""
    with pytest.raises(QueryErrors) as caught:
        read({name.rstrip("_"): text for name, text in texts.items()})
    return caught.value.messages


def test_nothing_asks_for_all_changes() -> None:
    assert read({}) == read({"view": "", "who": " ", "page": ""}) == HistoryQuery()


def test_each_field_is_read() -> None:
    query = read(
        {"who": "17", "what": "delete", "network": " 192.0.2.7 ", "from": "2026-01-31", "to": "2026-02-01"}
    ).which
    assert (query.who, query.kinds) == (17, ("delete",))
    assert query.network == Network.from_canonical("192.0.2.7/32")
    assert (query.since, query.until) == (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))


def test_the_operator_is_nobody_with_an_id() -> None:
    assert read({"who": "operator"}).which.who == OPERATOR_ID
    assert list(refused(who="0")) == ["who"]


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_of_kinds_that_there_are(group: str) -> None:
    kinds = read({"what": group}).which.kinds
    assert kinds == GROUPS[group]
    assert set(kinds) <= set(KINDS)


def test_each_kind_of_change_is_in_one_group_but_for_those_of_the_account_itself() -> None:
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]
    assert sorted((*grouped, "account_create", "account_rename", "throttle_clear")) == sorted(KINDS)


def test_a_kind_belongs_to_its_view() -> None:
    assert read({"view": "access", "what": "blocked"}).which.kinds == ("blocked",)
    assert list(refused(view="access", what="delete")) == ["what"]
    assert list(refused(what="blocked")) == ["what"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("view", "everything"),
        ("who", "Dana"),
        ("who", "-1"),
        ("who", "9" * 19),
        ("who", str(2**31)),
        ("who", "٣"),
        ("what", "DROP"),
        ("network", "192.0.2.7/24"),
        ("from_", "31.01.2026"),
        ("from_", "2026-02-30"),
        ("to", "2026-1-31"),
        ("page", "x"),
        ("page", "AAAA"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(field: str, text: str) -> None:
    messages = refused(**{field: text})
    assert list(messages) == [field.rstrip("_")]
    assert messages[field.rstrip("_")].endswith((".", "?"))


def test_all_mistakes_are_told_at_once() -> None:
    assert set(refused(who="Dana", network="office", to="never")) == {"who", "network", "to"}


def test_days_in_the_wrong_order_are_refused_and_one_day_is_not() -> None:
    assert list(refused(from_="2026-02-02", to="2026-02-01")) == ["to"]
    assert read({"from": "2026-02-01", "to": "2026-02-01"}).which.until == datetime(2026, 2, 2, tzinfo=UTC)


def test_the_last_day_there_is_has_no_end() -> None:
    assert read({"to": "9999-12-31"}).which.until is None


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**31 - 1))
def test_a_cursor_comes_back_as_it_was(at: datetime, key: int) -> None:
    assert Cursor.from_text(Cursor(at, key).text) == Cursor(at, key)


@given(st.text("AQgw_-", max_size=24) | st.text(max_size=30))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with suppress(ValueError):
        assert Cursor.from_text(text).text == text


def test_a_cursor_behind_what_a_database_can_count_is_none() -> None:
    assert list(refused(page=Cursor(datetime(2026, 1, 1, tzinfo=UTC), 2**31).text)) == ["page"]
