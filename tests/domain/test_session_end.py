"""Why a session is over, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.session_end import (
    ABSOLUTE,
    APART,
    BLOCKED,
    BY_OPERATOR,
    BY_OWNER,
    BY_THEMSELVES,
    CLOCK,
    IDLE,
    REPLACED,
    Ended,
    Limits,
    lasting,
    sentence,
)

LIMITS = Limits(timedelta(hours=2), timedelta(hours=12))
START = datetime(2026, 9, 25, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TOO_MANY = (
    "You were signed out here because you are signed in with too many other browsers. "
    "If that wasn’t you, tell an owner of your account."
)


@pytest.mark.parametrize(
    ("seen_after", "asked_after", "limit"),
    [
        (timedelta(0), LIMITS.idle - SECOND, ""),
        (timedelta(0), LIMITS.idle, IDLE),
        (timedelta(0), timedelta(days=3), IDLE),
        (timedelta(hours=11), LIMITS.absolute - SECOND, ""),
        (timedelta(hours=11), LIMITS.absolute, ABSOLUTE),
        (timedelta(hours=11), timedelta(days=3), ABSOLUTE),
    ],
)
def test_the_limit_that_came_first_has_ended_the_session(
    seen_after: timedelta, asked_after: timedelta, limit: str
) -> None:
    assert LIMITS.passed(START, START + seen_after, START + asked_after) == limit


@pytest.mark.parametrize("which", [0, 1])
def test_a_moment_that_lies_ahead_by_more_than_clocks_may_be_apart_ends_the_session(which: int) -> None:
    for ahead, limit in ((APART, ""), (APART + SECOND, CLOCK), (timedelta(days=400), CLOCK)):
        moments = [START, START]
        moments[which] += ahead
        assert LIMITS.passed(moments[0], moments[1], START) == limit


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        (Ended(IDLE), "You were signed out after 2 hours without activity."),
        (Ended(ABSOLUTE), "You were signed out 12 hours after you signed in."),
        (Ended(BY_OWNER, "Dana {Kessler}"), "You were signed out by Dana {Kessler}, an owner of the account."),
        (Ended(BY_OWNER), "You were signed out by an owner of the account."),
        (Ended(BY_THEMSELVES), "You signed this browser out from another one."),
        (Ended(BLOCKED), "You were signed out because your address isn’t on the account’s IP allowlist."),
        (Ended(REPLACED), TOO_MANY),
        (Ended(BY_OPERATOR), "You were signed out by whoever runs the portal. Sign in again."),
        (Ended(""), ""),
        (Ended("a reason of a later release"), ""),
    ],
)
def test_a_reason_is_one_sentence_and_an_unknown_one_is_none(ended: Ended, told: str) -> None:
    assert sentence(ended, LIMITS) == told


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (90, "1 minute and 30 seconds"),
        (3_600, "1 hour"),
        (5_400, "1 hour and 30 minutes"),
        (7_200, "2 hours"),
        (3_601, "1 hour and 1 second"),
        (86_400 + 7_260, "1 day and 2 hours"),
        (0, "0 seconds"),
    ],
)
def test_a_duration_is_said_by_its_two_largest_units(seconds: int, words: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == words
