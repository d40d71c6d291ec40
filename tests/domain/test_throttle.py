"""The window in which failures are counted; `webapp/domain/throttle.py`."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.throttle import CLOCKS_DIFFER, running_starts, seconds_left

NOW = datetime(2026, 9, 25, 14, 32, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def runs(age: timedelta, window: timedelta = WINDOW) -> bool:
    """Whether a window of that age runs."""
    first, last = running_starts(NOW, window)
    return first < NOW - age <= last


@pytest.mark.parametrize("seconds", [0, 1, 899, -1, -5])
def test_a_window_runs_from_its_start_to_its_end(seconds: int) -> None:
    assert runs(timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [900, 901, -6, -3600, -(10**9)])
def test_a_window_of_the_past_or_of_a_clock_that_was_wrong_is_over(seconds: int) -> None:
    assert not runs(timedelta(seconds=seconds))


@pytest.mark.parametrize(("age", "left"), [(0, 900), (0.5, 900), (60, 840), (899.5, 1), (-5, 900)])
def test_the_wait_is_in_whole_seconds_rounded_up(age: float, left: int) -> None:
    assert seconds_left(NOW - timedelta(seconds=age), NOW, WINDOW) == left


@given(age=st.timedeltas(-timedelta(days=999), timedelta(days=999)), window=st.timedeltas(timedelta(seconds=1), WINDOW))
def test_whoever_waits_as_long_as_told_finds_the_window_over(age: timedelta, window: timedelta) -> None:
    if not runs(age, window):
        return
    wait = timedelta(seconds=seconds_left(NOW - age, NOW, window))
    assert wait < window + timedelta(seconds=1)
    assert not runs(age + wait + (CLOCKS_DIFFER if age < timedelta() else timedelta()), window)
