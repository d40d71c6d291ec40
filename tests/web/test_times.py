"""Days and moments as people say them; `webapp/web/filters.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag

from tests.conftest import Clock
from webapp.web import filters


def element_of(html: str) -> Tag:
    """Return the one `<time>` that the filter has made."""
    (found,) = BeautifulSoup(html, "lxml").select("time")
    return found


def test_a_moment_says_its_zone_and_is_machine_readable(time: Clock) -> None:
    time.advance(timedelta(seconds=7, microseconds=8))
    assert filters.moment(time.now()) == ('<time datetime="2026-09-25T14:32:07Z">25 Sep 2026, 14:32 UTC</time>')
    assert filters.utc(time.now()) == "25 Sep 2026, 14:32 UTC"


@pytest.mark.parametrize(
    ("ago", "said"), [(timedelta(hours=1), "at 13:32 UTC"), (timedelta(hours=15), "on 24 Sep 2026, 23:32 UTC")]
)
def test_the_end_of_a_sentence_names_the_day_where_it_is_another_one(time: Clock, ago: timedelta, said: str) -> None:
    element = element_of(filters.at(time.now() - ago))
    assert (element.text, element["data-as"]) == (said, "at")


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "Today"), (0, "Today"), (1, "Yesterday"), (59, "59 days ago"), (60, "27 Jul")]
)
def test_a_day_is_so_long_ago(time: Clock, days: int, said: str) -> None:
    element = element_of(filters.since(time.now() - timedelta(days=days)))
    assert (element.text, element["data-as"]) == (said, "since")
    assert filters.since(None) == "Never"


@pytest.mark.parametrize(
    ("minutes", "said", "way"),
    [
        (0, "just now", "passed"),
        (59, "59 min ago", "passed"),
        (1439, "23 h ago", "passed"),
        (1440, "yesterday", "ago"),
        (2880, "2 days ago", "ago"),
        (60 * 1440, "27 Jul", "ago"),
    ],
)
def test_a_moment_is_so_long_ago(time: Clock, minutes: int, said: str, way: str) -> None:
    element = element_of(filters.ago(time.now() - timedelta(minutes=minutes)))
    assert (element.text, element["data-as"]) == (said, way)


def test_a_day_has_its_year_where_that_is_another_one(time: Clock) -> None:
    assert element_of(filters.day(time.now())).text == "25 Sep"
    assert element_of(filters.day(time.now() - timedelta(days=365))).text == "25 Sep 2025"


def test_a_day_of_utc_is_none_of_the_readers(time: Clock) -> None:
    assert filters.utc_day(time.now().date()) == '<time datetime="2026-09-25">25 Sep</time>'


def test_a_stretch_of_time_has_two_ends_where_they_differ(time: Clock) -> None:
    then, later = time.now(), time.now() + timedelta(minutes=20)
    one, other = filters.moment(then), filters.moment(later)
    assert filters.span(then, then) == f"on {one}"
    assert filters.span(then, later) == f"from {one} to {other}"
