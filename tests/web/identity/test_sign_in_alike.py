"""Before the password is right nothing tells users apart (R9); `webapp/identity/sign_in.py`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from tests.support.client import COOKIE, Browser, Portal
from tests.support.quick import engine_of, writing
from tests.support.statements import before_writing, statements
from tests.support.world import ELSEWHERE, HOME, PASSWORD, email_of
from webapp.identity.passwords import NEVER_FITS, hash_password, is_outdated
from webapp.runtime import clock
from webapp.storage.models import BlockedAttempt, Membership, PortalSessionRow, User

OLD = generate_password_hash(PASSWORD, "scrypt:512:8:1")
WRONG = "not the password"


def nothing(portal: Portal) -> None:
    """Leave everything as it is."""


def user(**values: object) -> Callable[[Portal], None]:
    """Return what changes Dana's row."""

    def change(portal: Portal) -> None:
        with writing(portal.app) as connection:
            connection.execute(sa.update(User).where(User.email == email_of("dana")).values(**values))

    return change


def no_account(portal: Portal) -> None:
    """Dana belongs to no account any more."""
    with writing(portal.app) as connection:
        connection.execute(sa.delete(Membership).where(Membership.user_id == portal.world.users["dana"]))


def further_account(portal: Portal) -> None:
    """Dana belongs to both accounts."""
    row = {"account_id": portal.world.northwind, "user_id": portal.world.users["dana"], "role": "member"}
    with writing(portal.app) as connection:
        connection.execute(sa.insert(Membership).values(**row))


def active_list(portal: Portal) -> None:
    """Halden's list is in effect, elsewhere."""
    portal.set_list("192.0.2.0/24", active=True)


def known_client(portal: Portal) -> None:
    """Dana has signed in from there before."""
    portal.signed_in_by_page("dana")


REFUSED: dict[str, tuple[str, str, Callable[[Portal], None]]] = {
    "unknown": ("nobody", WRONG, nothing),
    "unknown, with a user's password": ("nobody", PASSWORD, nothing),
    "wrong": ("dana", WRONG, nothing),
    "wrong, of two accounts": ("dana", WRONG, further_account),
    "wrong, from where the list does not cover": ("dana", WRONG, active_list),
    "wrong, from a known client": ("dana", WRONG, known_client),
    "wrong, with a hash of before": ("dana", WRONG, user(password_hash=OLD)),
    "right, but disabled": ("dana", PASSWORD, user(disabled_at=clock.now())),
    "wrong, and disabled": ("dana", WRONG, user(disabled_at=clock.now())),
    "right, but disabled, with a hash of before": ("dana", PASSWORD, user(disabled_at=clock.now(), password_hash=OLD)),
    "no hash": ("dana", NEVER_FITS, user(password_hash=NEVER_FITS)),
    "right, but of no account": ("dana", PASSWORD, no_account),
}


def asked(portal: Portal, person: str, password: str) -> tuple[int, list[str], Browser]:
    """Sign in; return the status, and the statements that it took."""
    browser = portal.browser()
    token = browser.csrf_token()
    with statements(portal.app) as log:
        answer = browser.post("/login", {"email": email_of(person), "password": password}, csrf=token)
    return answer.status, log, browser


@pytest.mark.parametrize("kind", REFUSED)
def test_whoever_does_not_get_in_costs_the_same_statements(portal: Portal, kind: str) -> None:
    person, password, prepare = REFUSED[kind]
    status, expected, _ = asked(portal, "nobody-else", WRONG)
    prepare(portal)
    assert (status, *asked(portal, person, password)[:2]) == (401, 401, expected)


@pytest.mark.parametrize("prepare", [nothing, active_list, user(password_hash=OLD)])
def test_a_right_password_begins_with_the_statements_of_a_wrong_one(
    portal: Portal, prepare: Callable[[Portal], None]
) -> None:
    prepare(portal)
    _, wrong, _ = asked(portal, "nobody", WRONG)
    status, right, _ = asked(portal, "dana", PASSWORD)
    assert (status in {303, 403}, right[: len(wrong)]) == (True, wrong)


def stored_hash(portal: Portal) -> str:
    """Dana's hash."""
    with engine_of(portal.app).connect() as connection:
        return str(connection.scalar(sa.select(User.password_hash).where(User.email == email_of("dana"))))


def test_a_hash_of_before_is_renewed_by_the_right_password_only(portal: Portal) -> None:
    user(password_hash=OLD)(portal)
    assert portal.browser().sign_in("dana", password=WRONG).status == 401
    assert stored_hash(portal) == OLD
    assert portal.browser().sign_in("dana").status == 303
    renewed = stored_hash(portal)
    assert (is_outdated(OLD), is_outdated(renewed)) == (True, False)
    assert portal.browser().sign_in("dana", password=WRONG).status == 401
    assert portal.browser().sign_in("dana").status == 303
    assert stored_hash(portal) == renewed


def meanwhile(portal: Portal, act: Callable[[], None]) -> Callable[[], None]:
    """Return a hook that acts before the sign-in's second transaction: after its password was found right."""
    transactions = iter([nothing, lambda _: act()])
    return lambda: next(transactions, nothing)(portal)


def test_a_hash_that_was_changed_meanwhile_stays_as_it_is(portal: Portal) -> None:
    user(password_hash=OLD)(portal)
    changed = hash_password("a password of tomorrow")
    with before_writing(portal.app, meanwhile(portal, lambda: user(password_hash=changed)(portal))):
        portal.browser().sign_in("dana")
    assert stored_hash(portal) == changed


def nobody_left(portal: Portal) -> None:
    """Delete all users, and what goes with them."""
    with writing(portal.app) as connection:
        connection.execute(sa.delete(User))


ENDED: dict[str, Callable[[Portal], None]] = {
    "disabled": user(disabled_at=clock.now()),
    "another password": user(password_hash=hash_password("a password of tomorrow")),
    "no account any more": no_account,
    "gone": nobody_left,
}


@pytest.mark.parametrize("is_listed", [True, False], ids=["listed", "elsewhere"])
@pytest.mark.parametrize("name", ENDED)
def test_what_ends_while_a_password_is_looked_at_lets_nobody_in(portal: Portal, name: str, is_listed: bool) -> None:
    if not is_listed:
        active_list(portal)
    browser = portal.browser()
    token = browser.csrf_token()
    with before_writing(portal.app, meanwhile(portal, lambda: ENDED[name](portal))):
        answer = browser.post("/login", {"email": email_of("dana"), "password": PASSWORD}, csrf=token)
    assert (answer.status, answer.errors) == (401, ["wrong"])
    with engine_of(portal.app).connect() as connection:
        for table in (PortalSessionRow, BlockedAttempt):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_hash_that_another_sign_in_has_renewed_meanwhile_is_as_good(portal: Portal) -> None:
    user(password_hash=OLD)(portal)
    renewed = hash_password(PASSWORD)
    with before_writing(portal.app, meanwhile(portal, lambda: user(password_hash=renewed)(portal))):
        assert portal.browser().sign_in("dana").status == 303
    assert stored_hash(portal) == renewed


def test_a_session_that_survives_its_user_is_nobodys_at_no_further_statement(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    user(disabled_at=clock.now())(portal)
    with statements(portal.app) as log:
        answer = browser.get("/")
    assert (answer.status, answer.location, len(log)) == (303, "/login?next=/", 1)
    stranger = portal.browser(ELSEWHERE)
    stranger.client.set_cookie(COOKIE, browser.cookie)
    assert stranger.get("/session", htmx=True).status == 401
    assert HOME not in stranger.get("/login").text
