"""Failed sign-ins are throttled in the shared database, by pair, client and e-mail (R9)."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.support.client import Answer, Browser, Portal
from tests.support.quick import writing_engine
from tests.support.world import ELSEWHERE, HOME, OFFICE, PASSWORD, email_of
from webapp.config import Config, app_object, register
from webapp.storage import sign_ins
from webapp.storage.models import PortalSessionRow, SignIn, SignInFailures

WRONG = "not the password"
Limit = Callable[..., None]


@pytest.fixture
def limit(portal: Portal) -> Iterator[Limit]:
    """`limit(client=3)`: other limits for this test than the documented ones."""
    kept = app_object(Config, portal.app)

    def change(**limits: int) -> None:
        changed: dict[str, Any] = {f"sign_in_limit_{name}": value for name, value in limits.items()}
        register(portal.app, replace(kept, **changed))

    yield change
    register(portal.app, kept)


def fail(browser: Browser, *people: str) -> list[int]:
    """Fail to sign in as these people, one after the other, and return the statuses."""
    token = browser.csrf_token()
    return [
        browser.post("/login", {"email": email_of(person), "password": WRONG}, csrf=token).status for person in people
    ]


def failures(portal: Portal) -> list[int]:
    """The counts of all failures' keys, in order."""
    with Session(portal.app.extensions["engine"]) as session:
        return sorted(session.scalars(sa.select(SignInFailures.count).where(~SignInFailures.key.contains(":"))))


def signed_in_browsers(portal: Portal) -> int:
    """How many portal sessions there are."""
    with Session(portal.app.extensions["engine"]) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(PortalSessionRow)) or 0


def retry_after(answer: Answer) -> int:
    """The seconds to wait, as the answer says."""
    assert answer.status == 429, answer.text
    return int(answer.headers["Retry-After"])


# --- by e-mail and client -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["dana", "nobody"])
def test_ten_guesses_at_one_user_from_one_client_are_allowed(portal: Portal, person: str) -> None:
    assert fail(portal.browser(), *[person] * 12) == [401] * 10 + [429] * 2


def test_the_answer_says_when_to_try_again_and_keeps_the_email(portal: Portal, time: Clock, limit: Limit) -> None:
    limit(pair=1)
    browser = portal.browser()
    fail(browser, "dana")
    time.advance(timedelta(minutes=5))
    answer = browser.sign_in("dana", next="/account/settings")
    assert 10 * 60 <= retry_after(answer) <= 10 * 60 + 1
    assert answer.errors == ["throttled"]
    assert (answer.value("email"), answer.value("next")) == (email_of("dana"), "/account/settings")


@pytest.mark.parametrize(
    ("passed", "said"), [(0, "in 15 minutes"), (60, "in 14 minutes"), (61, "in 14 minutes"), (841, "in 1 minute")]
)
def test_the_page_says_how_many_minutes_it_takes(
    portal: Portal, time: Clock, limit: Limit, passed: int, said: str
) -> None:
    limit(pair=1)
    browser = portal.browser()
    fail(browser, "dana")
    time.advance(timedelta(seconds=passed))
    answer = browser.sign_in("dana")
    assert f"Try again {said}." in answer.one("#sign-in-error").get_text()
    assert retry_after(answer) == 900 - passed


@pytest.mark.parametrize("jump", [timedelta(minutes=10), timedelta(hours=3), timedelta(days=400)])
def test_a_clock_that_is_mended_after_a_jump_ends_the_windows_of_the_future(
    portal: Portal, time: Clock, limit: Limit, jump: timedelta
) -> None:
    limit(pair=2)
    browser = portal.browser()
    time.advance(jump)
    assert fail(browser, "dana", "dana", "dana") == [401, 401, 429]
    time.advance(-jump)
    assert browser.sign_in("dana").status == 303
    assert fail(browser, "dana", "dana", "dana") == [401, 401, 429]


def test_the_right_password_is_refused_too_while_the_pair_is_throttled(portal: Portal, limit: Limit) -> None:
    limit(pair=2)
    browser = portal.browser()
    fail(browser, "dana", "dana")
    assert browser.sign_in("dana").status == 429
    assert signed_in_browsers(portal) == 0


def test_a_throttled_guess_costs_no_hashing(portal: Portal, limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(pair=1)
    browser = portal.browser()
    fail(browser, "dana")

    def no_hashing(password: bytes, **options: Any) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(hashlib, "scrypt", no_hashing)
    assert browser.sign_in("dana").status == 429


def test_the_window_passes(portal: Portal, time: Clock, limit: Limit) -> None:
    limit(pair=1)
    browser = portal.browser()
    assert fail(browser, "dana", "dana") == [401, 429]
    time.advance(timedelta(minutes=14, seconds=59))
    assert fail(browser, "dana") == [429]
    time.advance(timedelta(seconds=2))
    assert browser.sign_in("dana").status == 303


def test_whoever_waits_as_long_as_told_is_let_in(portal: Portal, time: Clock, limit: Limit) -> None:
    limit(pair=1)
    browser = portal.browser()
    fail(browser, "dana")
    time.advance(timedelta(minutes=3, milliseconds=500))
    time.advance(timedelta(seconds=retry_after(browser.sign_in("dana"))))
    assert browser.sign_in("dana").status == 303


def test_asking_again_while_throttled_does_not_prolong_the_wait(portal: Portal, time: Clock, limit: Limit) -> None:
    limit(pair=1)
    browser = portal.browser()
    fail(browser, "dana")
    for _ in range(3):
        time.advance(timedelta(minutes=4))
        assert fail(browser, "dana") == [429]
    time.advance(timedelta(minutes=4))
    assert browser.sign_in("dana").status == 303


def test_a_new_window_allows_as_much_as_the_first(portal: Portal, time: Clock, limit: Limit) -> None:
    limit(pair=2)
    browser = portal.browser()
    assert fail(browser, "dana", "dana", "dana") == [401, 401, 429]
    time.advance(timedelta(minutes=16))
    assert fail(browser, "dana", "dana", "dana") == [401, 401, 429]


def test_only_failures_count(portal: Portal, limit: Limit) -> None:
    limit(pair=2, client=2, email=2)
    for _ in range(4):
        assert portal.browser().sign_in("dana").status == 303
    assert set(failures(portal)) <= {0}
    assert fail(portal.browser(), "dana", "dana", "dana") == [401, 401, 429]


def test_a_success_between_failures_does_not_forgive_them(portal: Portal, limit: Limit) -> None:
    limit(pair=2)
    browser = portal.browser()
    assert fail(browser, "dana") == [401]
    assert browser.sign_in("dana").status == 303
    assert fail(browser, "dana", "dana") == [401, 429]


def test_a_blocked_sign_in_is_no_failed_one(portal: Portal, limit: Limit) -> None:
    limit(pair=2, client=2, email=2)
    portal.set_list("192.0.2.0/24", active=True)
    for _ in range(4):
        assert portal.browser().sign_in("dana").status == 403
    assert set(failures(portal)) <= {0}


@pytest.mark.parametrize("typed", ["DANA@example.com", " dana@example.com ", "dana@example.com\u2003"])
def test_writing_the_email_otherwise_gives_no_further_guesses(portal: Portal, limit: Limit, typed: str) -> None:
    limit(pair=1)
    browser = portal.browser()
    fail(browser, "dana")
    assert browser.post("/login", {"email": typed, "password": WRONG}).status == 429


def test_a_new_browser_gives_no_further_guesses(portal: Portal, limit: Limit) -> None:
    limit(pair=1)
    fail(portal.browser(), "dana")
    assert portal.browser().sign_in("dana").status == 429


def test_a_throttled_pair_hinders_neither_another_user_nor_another_client(portal: Portal, limit: Limit) -> None:
    limit(pair=1)
    fail(portal.browser(), "dana")
    assert portal.browser().sign_in("mara").status == 303
    assert portal.browser(OFFICE).sign_in("dana").status == 303


# --- by client ------------------------------------------------------------------------------------------------------


def test_fifty_failures_of_one_client_are_allowed_whoever_it_tries(portal: Portal) -> None:
    browser = portal.browser(ELSEWHERE)
    assert fail(browser, *(f"person{number}" for number in range(51))) == [401] * 50 + [429]
    assert browser.sign_in("dana").status == 429
    assert portal.browser(HOME).sign_in("dana").status == 303


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:9::51", "2001:db8:9:0:ffff::1", True),
        ("2001:db8:9::51", "2001:db8:9:1::51", False),
        ("203.0.113.42", "203.0.113.43", False),
        ("203.0.113.42", "::ffff:203.0.113.42", True),
        ("203.0.113.42", "64:ff9b::203.0.113.42", True),
        ("64:ff9b::203.0.113.42", "64:ff9b::203.0.113.43", False),
        ("64:ff9b:1::203.0.113.42", "64:ff9b:1::203.0.113.43", False),
        ("2001:0:c633:640e::39cc:9bf1", "2001:0:c633:640e::39cc:9bf2", False),
        ("2002:c633:640e::51", "2002:c633:640e::52", False),
    ],
)
def test_an_ipv6_client_is_its_slash_64_unless_that_is_not_its_own(
    portal: Portal, limit: Limit, one: str, other: str, is_same: bool
) -> None:
    limit(client=1)
    assert fail(portal.browser(one), "mara") == [401]
    assert fail(portal.browser(other), "dana") == [429 if is_same else 401]


def test_clients_without_a_trustworthy_address_are_one(portal: Portal, limit: Limit) -> None:
    limit(client=1)
    assert fail(portal.browser(None), "mara") == [401]
    assert fail(portal.browser("unknown"), "dana") == [429]


def test_what_a_client_claims_in_the_header_gives_no_further_guesses(portal: Portal, limit: Limit) -> None:
    limit(pair=1)
    assert fail(portal.browser(ELSEWHERE), "dana") == [401]
    assert fail(portal.browser(f"192.0.2.7, {ELSEWHERE}"), "dana") == [429]


# --- by e-mail ------------------------------------------------------------------------------------------------------


def test_guesses_from_everywhere_are_limited_by_email(portal: Portal, limit: Limit) -> None:
    limit(email=4)
    statuses = [fail(portal.browser(f"192.0.2.{number}"), "dana")[0] for number in range(1, 7)]
    assert statuses == [401] * 4 + [429] * 2
    assert portal.browser(OFFICE).sign_in("dana").status == 429
    assert portal.browser("192.0.2.99").sign_in("mara").status == 303


def test_a_stranger_cannot_lock_out_a_user_at_a_known_client(portal: Portal, limit: Limit) -> None:
    portal.signed_in_by_page("dana", HOME)
    limit(email=3)
    for number in range(1, 9):
        fail(portal.browser(f"192.0.2.{number}"), "dana")
    assert portal.browser("192.0.2.200").sign_in("dana").status == 429
    assert portal.browser(HOME).sign_in("dana").status == 303


def test_a_neighbour_of_a_known_ipv6_client_is_known(portal: Portal, limit: Limit) -> None:
    portal.signed_in_by_page("dana", "2001:db8:9::51")
    limit(email=1)
    fail(portal.browser(ELSEWHERE), "dana")
    assert portal.browser("2001:db8:9::52").sign_in("dana").status == 303


def test_a_client_that_an_older_release_named_otherwise_is_known_after_its_next_sign_in(
    portal: Portal, limit: Limit
) -> None:
    translated = "64:ff9b::203.0.113.42"
    portal.signed_in_by_page("dana", translated)
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.update(SignIn).values(client="64:ff9b::/64"))
    portal.signed_in_by_page("dana", translated)
    limit(email=1)
    fail(portal.browser(ELSEWHERE), "dana")
    assert portal.browser(translated).sign_in("dana").status == 303


def test_a_client_known_of_one_user_is_not_known_of_another(portal: Portal, limit: Limit) -> None:
    portal.signed_in_by_page("mara", HOME)
    limit(email=1)
    fail(portal.browser(ELSEWHERE), "dana")
    assert portal.browser(HOME).sign_in("dana").status == 429


def test_a_client_that_signed_in_long_ago_is_not_known_any_more(portal: Portal, limit: Limit, time: Clock) -> None:
    portal.signed_in_by_page("dana", HOME)
    time.advance(timedelta(days=31))
    limit(email=1)
    fail(portal.browser(ELSEWHERE), "dana")
    assert portal.browser(HOME).sign_in("dana").status == 429


def test_the_strict_limit_of_a_pair_holds_for_a_known_client_too(portal: Portal, limit: Limit) -> None:
    portal.signed_in_by_page("dana", HOME)
    limit(pair=1)
    assert fail(portal.browser(HOME), "dana", "dana") == [401, 429]


# --- people who are known there --------------------------------------------------------------------------------------


def test_invented_emails_of_one_client_do_not_shut_out_who_is_known_there(portal: Portal) -> None:
    portal.signed_in_by_page("dana", HOME)
    assert fail(portal.browser(HOME), *(f"person{number}" for number in range(51))) == [401] * 50 + [429]
    assert portal.browser(HOME).sign_in("dana").status == 303
    assert portal.browser(HOME).sign_in("mara").status == 429


def test_who_is_known_at_a_client_has_the_limit_of_the_pair_and_no_other(portal: Portal, limit: Limit) -> None:
    portal.signed_in_by_page("dana", HOME)
    limit(pair=3, client=1, email=1)
    assert fail(portal.browser(HOME), "nobody", "nobody", *["dana"] * 4) == [401, 429, 401, 401, 401, 429]
    assert fail(portal.browser(OFFICE), "dana") == [429]


def test_who_signed_in_there_long_ago_is_not_known_any_more(portal: Portal, limit: Limit, time: Clock) -> None:
    portal.signed_in_by_page("dana", HOME)
    time.advance(timedelta(days=31))
    limit(client=1)
    assert fail(portal.browser(HOME), "nobody", "dana") == [401, 429]


# --- successes ------------------------------------------------------------------------------------------------------


def sign_in(portal: Portal, person: str = "dana", address: str = HOME, *, times: int = 1) -> list[int]:
    """Sign in with the right password, each time in a new browser, and return the statuses."""
    return [portal.browser(address).sign_in(person).status for _ in range(times)]


def test_one_user_signs_in_so_often_from_one_client_and_nobody_else_is_shut_out(portal: Portal, limit: Limit) -> None:
    limit(success=3)
    assert sign_in(portal, times=5) == [303] * 3 + [429] * 2
    assert signed_in_browsers(portal) == 3
    assert sign_in(portal, "mara") == sign_in(portal, "dana", OFFICE) == [303]


def test_the_success_too_many_is_told_when_to_come_back_and_gets_in_then(
    portal: Portal, limit: Limit, time: Clock
) -> None:
    limit(success=1)
    sign_in(portal)
    time.advance(timedelta(minutes=5))
    answer = portal.browser().sign_in("dana", next="/account/settings")
    assert (retry_after(answer), answer.errors, answer.value("email")) == (600, ["throttled"], email_of("dana"))
    time.advance(timedelta(minutes=4))
    assert sign_in(portal) == [429]  # and does not prolong it
    time.advance(timedelta(minutes=6))
    assert sign_in(portal, times=2) == [303, 429]


def test_beyond_it_right_and_wrong_are_answered_alike_without_hashing(
    portal: Portal, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(success=1)
    sign_in(portal)
    monkeypatch.setattr(hashlib, "scrypt", None)
    assert (sign_in(portal), fail(portal.browser(), "dana")) == ([429], [429])
    assert set(failures(portal)) == {0}


def test_neither_wrong_passwords_nor_blocked_sign_ins_use_it_up(portal: Portal, limit: Limit) -> None:
    limit(success=1)
    portal.set_list("198.51.100.0/24", active=True)
    assert fail(portal.browser(), *["dana"] * 3) == [401] * 3
    assert sign_in(portal, times=2) == [403, 403]
    portal.set_list("203.0.113.0/24", active=True)
    assert sign_in(portal, times=2) == [303, 429]


def test_a_refused_success_leaves_the_browser_as_it_was(portal: Portal, limit: Limit) -> None:
    browser = portal.signed_in_by_page("dana")
    limit(success=1)
    assert sign_in(portal, "mara") == [303]
    assert browser.sign_in("mara").status == 429
    assert browser.get("/").status == 200
    assert "Dana Kessler" in browser.get("/").text


def test_successes_in_parallel_are_as_many_as_in_turn(portal: Portal, limit: Limit) -> None:
    limit(success=3)
    browsers = [portal.browser() for _ in range(8)]
    tokens = [browser.csrf_token() for browser in browsers]

    def enter(number: int) -> int:
        fields = {"email": email_of("dana"), "password": PASSWORD}
        return browsers[number].post("/login", fields, csrf=tokens[number]).status

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(enter, range(8))) == {303: 3, 429: 5}
    assert signed_in_browsers(portal) == 3


# --- what is counted ------------------------------------------------------------------------------------------------


def test_attempts_refused_for_the_pair_count_neither_for_the_client_nor_for_the_email(
    portal: Portal, limit: Limit
) -> None:
    limit(pair=1, client=3, email=3)
    assert fail(portal.browser(), *["dana"] * 8) == [401] + [429] * 7
    assert failures(portal) == [1, 1, 1]
    assert portal.browser().sign_in("mara").status == 303


def test_attempts_refused_for_the_email_do_not_count_for_the_client(portal: Portal, limit: Limit) -> None:
    limit(client=2, email=1)
    fail(portal.browser(ELSEWHERE), "dana")
    assert fail(portal.browser(OFFICE), *["dana"] * 5) == [429] * 5
    assert fail(portal.browser(OFFICE), "mara") == [401]


def test_what_was_typed_is_not_kept(portal: Portal) -> None:
    fail(portal.browser(), "nobody")
    with Session(portal.app.extensions["engine"]) as session:
        keys = session.scalars(sa.select(SignInFailures.key)).all()
    assert len(keys) == 3
    assert all(len(key) == 64 and int(key, 16) for key in keys)


def test_counters_whose_window_has_passed_are_removed(portal: Portal, time: Clock) -> None:
    fail(portal.browser(ELSEWHERE), "nobody")
    time.advance(timedelta(minutes=16))
    portal.signed_in_by_page("dana")
    assert sum(failures(portal)) == 0


def test_a_flood_of_failures_alone_is_removed_after_its_window(portal: Portal, time: Clock) -> None:
    row = {"window_start": time.now(), "count": 1}
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.insert(SignInFailures), [{"key": f"{number:064x}", **row} for number in range(290)])
    time.advance(timedelta(minutes=16))
    browser = portal.browser(ELSEWHERE)
    left = []
    for number in range(4):
        fail(browser, f"person{number}")
        left.append(len(failures(portal)))
    assert left == [193, 95, 7, 9]  # a hundred go, three come; the client's own is one of them


def test_the_addresses_of_one_user_are_bounded_and_the_latest_stay(portal: Portal, time: Clock) -> None:
    row = {"account_id": portal.world.halden, "client": "2001:db8:9::/64"}
    people = {"dana": sign_ins.KEPT_ADDRESSES, "mara": 3}
    rows = [
        row | {"user_id": portal.world.users[person], "address": f"2001:db8:9::{number:x}", "last_at": time.now()}
        for person, count in people.items()
        for number in range(count)
    ]
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.insert(SignIn), rows)
    time.advance(timedelta(minutes=1))
    portal.signed_in_by_page("dana", OFFICE)
    with Session(portal.app.extensions["engine"]) as session:
        kept = Counter(session.scalars(sa.select(SignIn.user_id)))
        assert session.scalar(sa.select(SignIn.last_at).where(SignIn.address == OFFICE)) == time.now()
    assert {person: kept[portal.world.users[person]] for person in people} == people


# --- in parallel ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["dana", "nobody"])
def test_parallel_guesses_have_exactly_as_many_tries_as_guesses_in_turn(portal: Portal, person: str) -> None:
    browsers = [portal.browser() for _ in range(16)]
    tokens = [browser.csrf_token() for browser in browsers]

    def guess(number: int) -> int:
        fields = {"email": email_of(person), "password": "hashed as slowly as any other"}
        return sum(browsers[number].post("/login", fields, csrf=tokens[number]).status == 401 for _ in range(2))

    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(guess, range(16)))
    assert sum(allowed) == 10
    assert failures(portal) == [10, 10, 10]


def test_parallel_right_passwords_all_get_in_and_leave_no_failures(portal: Portal) -> None:
    browsers = [portal.browser() for _ in range(6)]
    tokens = [browser.csrf_token() for browser in browsers]
    people = ["dana", "mara", "sanne"] * 2

    def sign_in(number: int) -> int:
        fields = {"email": email_of(people[number]), "password": PASSWORD}
        return browsers[number].post("/login", fields, csrf=tokens[number]).status

    with ThreadPoolExecutor(6) as threads:
        assert Counter(threads.map(sign_in, range(6))) == {303: 6}
    assert set(failures(portal)) <= {0}
    assert signed_in_browsers(portal) == 6


def test_right_passwords_from_an_unlisted_address_have_a_wider_limit(portal: Portal, limit: Limit) -> None:
    limit(success=1)
    portal.set_list("192.0.2.0/24", active=True)
    browser = portal.browser(ELSEWHERE)
    answers = [browser.sign_in("sanne") for _ in range(11)]
    assert [answer.status for answer in answers] == [403] * 10 + [429]
    assert retry_after(answers[-1]) > 0
    assert portal.browser(OFFICE).sign_in("sanne").status == 403
