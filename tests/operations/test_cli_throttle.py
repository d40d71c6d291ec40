"""`throttle clear`: a person, or an office, that locked itself out may try again at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.operations.test_cli import refused, run
from tests.operations.test_cli_users import DANA
from tests.support.client import Portal
from tests.support.quick import events_of
from tests.support.world import HOME, OFFICE
from webapp.config import Config, app_object, register


@pytest.fixture(autouse=True)
def few_tries(portal: Portal) -> Iterator[None]:
    """Three failures of a person at a client, six of a client."""
    kept = app_object(Config, portal.app)
    register(portal.app, replace(kept, sign_in_limit_pair=3, sign_in_limit_client=6))
    yield
    register(portal.app, kept)


def wrong(portal: Portal, times: int, *, at: str = HOME) -> list[int]:
    """Try wrong passwords."""
    return [portal.browser(at).post("/login", {"email": DANA, "password": "wrong"}).status for _ in range(times)]


@pytest.mark.parametrize("who", [DANA, f" {DANA.upper()}", HOME, "::1"])
def test_whoever_was_locked_out_may_try_again(portal: Portal, who: str) -> None:
    portal.browser(HOME).sign_in("dana")
    assert wrong(portal, 4)[-1] == 429
    result = run(portal, "throttle", "clear", who)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "may try to sign in again; counters cleared:" in result.stderr
    assert portal.browser(HOME).sign_in("dana").status == (429 if who == "::1" else 303)


def test_an_office_is_let_try_and_other_clients_stay_counted(portal: Portal) -> None:
    assert wrong(portal, 4, at=OFFICE)[-1] == wrong(portal, 4)[-1] == 429
    assert run(portal, "throttle", "clear", OFFICE).exit_code == 0
    assert portal.browser(OFFICE).sign_in("dana").status == 303
    assert portal.browser(HOME).sign_in("dana").status == 429


def test_of_a_person_it_is_an_event(portal: Portal) -> None:
    assert run(portal, "throttle", "clear", DANA).exit_code == 0
    (event,) = events_of(portal.app, portal.world.halden)
    assert (event.kind, event.door, event.after["user"]["email"]) == ("throttle_clear", "operator", DANA)


@pytest.mark.parametrize("who", ["", "x", "nobody@example.com", "a\n@b", "\x1b[31m", "192.0.2.0/24", "x\udcff@y.test"])
def test_who_is_nobody_is_one_clear_line(portal: Portal, who: str) -> None:
    assert refused(run(portal, "throttle", "clear", who)).isprintable()
    assert run(portal, "throttle", "clear", "--help").exit_code == 0
