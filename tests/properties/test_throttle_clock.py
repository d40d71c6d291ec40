"""Whatever the clock does, the throttle refuses nobody for longer than its window, and still limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.quick import scaled
from webapp.domain.throttle import CLOCKS_DIFFER
from webapp.storage import write
from webapp.storage.throttle import Limits, Throttled, reserve

NOW = datetime(2026, 9, 25, 14, 32, tzinfo=UTC)
WINDOW = timedelta(minutes=15)
LIMIT = 3
LIMITS = Limits(WINDOW, pair=LIMIT, client=10**9, email=10**9, success=None)
NUMBERS = count()

passing = st.timedeltas(timedelta(), timedelta(minutes=16))
jumping = st.one_of(
    st.timedeltas(timedelta(minutes=-20), timedelta(minutes=20)), st.timedeltas(timedelta(-900), timedelta(900))
)
walks = st.lists(
    st.one_of(
        *[st.tuples(st.just("guess"), st.just(timedelta()))] * 3,
        st.tuples(st.just("wait"), passing),
        st.tuples(st.just("jump"), jumping),
    ),
    max_size=40,
)
skewed = st.lists(
    st.tuples(st.timedeltas(timedelta(), timedelta(minutes=2)), st.timedeltas(-CLOCKS_DIFFER / 2, CLOCKS_DIFFER / 2)),
    max_size=60,
)
quickly = settings(max_examples=scaled(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def guess(email: str, now: datetime) -> int:
    """Fail to sign in; return how many seconds to wait, 0 where the guess was allowed."""
    try:
        write(lambda session: reserve(session, email, "192.0.2.1/32", LIMITS, now))
    except Throttled as throttled:
        return throttled.retry_after
    return 0


class Watch:
    """Time as it really passes, beside a clock that jumps."""

    def __init__(self) -> None:
        self.email = f"guessed{next(NUMBERS)}@example.com"
        self.clock, self.real = NOW, timedelta()
        self.failed: list[datetime] = []  # by the clock, all of them
        self.allowed: list[timedelta] = []  # really, since the last jump
        self.refused_since: timedelta | None = None  # likewise

    def step(self, kind: str, by: timedelta) -> None:
        """Let time pass, let the clock jump, or guess."""
        self.clock += by
        if kind == "wait":
            self.real += by
        elif kind == "jump":
            self.allowed, self.refused_since = [], None
        else:
            self.check(self.clock)

    def check(self, clock: datetime) -> None:
        """Guess; see that a refusal has a cause and ends in time, and that guesses are few."""
        wait = guess(self.email, clock)
        assert wait <= WINDOW.total_seconds()
        if wait:
            assert any(clock - WINDOW < at <= clock + CLOCKS_DIFFER for at in self.failed)
            self.refused_since = self.real if self.refused_since is None else self.refused_since
            assert self.real - self.refused_since < WINDOW + CLOCKS_DIFFER
            return
        self.failed.append(clock)
        self.allowed, self.refused_since = [*self.allowed, self.real], None
        lately = sum(self.real - at < WINDOW - CLOCKS_DIFFER for at in self.allowed)
        assert lately <= 2 * LIMIT  # the end of one window, and the next


@quickly
@given(steps=walks)
def test_a_refusal_ends_within_the_window_however_the_clock_jumps_and_guesses_stay_few(
    app: Flask, steps: list[tuple[str, timedelta]]
) -> None:
    watch = Watch()
    with app.app_context():
        for kind, by in steps:
            watch.step(kind, by)
        watch.step("guess", timedelta())
        watch.step("wait", WINDOW + CLOCKS_DIFFER)
        assert guess(watch.email, watch.clock) == 0


@quickly
@given(guesses=skewed)
def test_machines_whose_clocks_differ_a_little_allow_no_more_than_one(
    app: Flask, guesses: list[tuple[timedelta, timedelta]]
) -> None:
    watch = Watch()
    with app.app_context():
        for pause, ahead in guesses:
            watch.step("wait", pause)
            watch.check(watch.clock + ahead)
