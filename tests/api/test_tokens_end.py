"""A token that acts for an owner ends with that person's ownership (R18)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.support.client import Portal
from tests.support.quick import events_of, writing
from webapp.domain.token_scopes import WRITE, with_included
from webapp.runtime import clock
from webapp.storage import operators, people
from webapp.storage.models import Membership, User

PATHS = ["/api/v1/account", "/api/v1/ip-allowlist"]
End = Callable[[sa.Connection, int], object]
ENDS: dict[str, End] = {
    "made a member": lambda c, user: c.execute(
        sa.update(Membership).where(Membership.user_id == user).values(role="member")
    ),
    "no longer in the account": lambda c, user: c.execute(sa.delete(Membership).where(Membership.user_id == user)),
    "disabled": lambda c, user: c.execute(sa.update(User).where(User.id == user).values(disabled_at=clock.now())),
    "deleted": lambda c, user: c.execute(sa.delete(User).where(User.id == user)),
}


def token_of_dana(portal: Portal, scope: str = WRITE) -> dict[str, str]:
    """Make a token that acts for Dana; return the header that bears it."""
    with portal.app.app_context():
        token = operators.create_token(
            portal.world.halden, "CI", clock.now(), scopes=with_included([scope]), owner="dana@example.com"
        )
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", ENDS)
def test_it_opens_nothing_from_then_on(portal: Portal, path: str, how: str) -> None:
    headers = token_of_dana(portal)
    assert portal.browser().get(path, headers=headers).status == 200
    with writing(portal.app) as connection:
        ENDS[how](connection, portal.world.users["dana"])
    answer = portal.browser().get(path, headers=headers)
    assert (answer.status, set(answer.json)) == (401, {"error", "message"})
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_it_says_that_it_has_ended_and_is_no_guess(portal: Portal) -> None:
    headers = token_of_dana(portal)
    with writing(portal.app) as connection:
        ENDS["disabled"](connection, portal.world.users["dana"])
    answers = [portal.browser().get(PATHS[0], headers=headers) for _ in range(60)]
    assert {answer.status for answer in answers} == {401}
    assert "has ended" in answers[0].json["message"]
    with writing(portal.app) as connection:
        connection.execute(sa.update(User).values(disabled_at=None))
    assert portal.browser().get(PATHS[0], headers=headers).status == 200


def test_ownership_of_another_account_does_not_keep_it(portal: Portal) -> None:
    headers, world = token_of_dana(portal), portal.world
    with writing(portal.app) as connection:
        ENDS["no longer in the account"](connection, world.users["dana"])
        row = {"account_id": world.northwind, "user_id": world.users["dana"], "role": "owner"}
        connection.execute(sa.insert(Membership).values(row))
    assert portal.browser().get(PATHS[0], headers=headers).status == 401


def test_a_token_of_before_goes_on_reading(portal: Portal) -> None:
    with writing(portal.app) as connection:
        connection.execute(sa.delete(Membership))
    headers = {"Authorization": f"Bearer {portal.world.api_token}"}
    assert portal.browser().get(PATHS[1], headers=headers).status == 200


def test_with_whoever_is_removed_it_is_revoked_for_good(portal: Portal) -> None:
    headers, halden = token_of_dana(portal), portal.world.halden
    with portal.app.app_context():
        assert people.remove(halden, "dana@example.com", clock.now()).tokens == 1
        people.create_user(halden, "dana@example.com", "Dana Kessler", "x", "owner", clock.now())
    assert portal.browser().get(PATHS[0], headers=headers).status == 401
    assert [event.kind for event in events_of(portal.app, halden)][-3:] == [
        *("api_token_revoke", "user_remove", "user_create"),
    ]
    old = {"Authorization": f"Bearer {portal.world.api_token}"}
    assert portal.browser().get(PATHS[0], headers=old).status == 200


def test_whoever_is_an_owner_again_finds_it_working(portal: Portal) -> None:
    headers, halden = token_of_dana(portal), portal.world.halden
    for role, status in (("member", 401), ("owner", 200)):
        with portal.app.app_context():
            people.set_role(halden, "dana@example.com", role, clock.now())
        assert portal.browser().get(PATHS[0], headers=headers).status == status
