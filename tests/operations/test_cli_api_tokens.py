"""`flask api-token …`: what a token may do, and for whom (R18); `webapp/operations/cli/api_tokens.py`."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from click.testing import Result
from sqlalchemy.orm import Session

from tests.operations.test_cli import refused, run
from tests.support.client import Portal
from tests.support.quick import engine_of, events_of
from tests.support.world import email_of
from webapp.storage.models import ApiToken

DANA = email_of("dana")


def create_token(portal: Portal, *options: str) -> Result:
    """Make a token of Halden's."""
    return run(portal, "api-token", "create", "--account", portal.world.halden, "--name", "CI", *options)


def stored_token(portal: Portal) -> ApiToken:
    """Return the token that was made last."""
    with Session(engine_of(portal.app)) as session:
        return session.scalars(sa.select(ApiToken).order_by(ApiToken.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    ("scopes", "granted"),
    [
        ((), "read"),
        (("read",), "read"),
        (("allowlist:write",), "read allowlist:write"),
        (("allowlist:state", "read"), "read allowlist:write allowlist:state"),
        (("history:read",), "read history:read"),
        (("history:read", "allowlist:write"), "read allowlist:write history:read"),
    ],
)
def test_a_token_gets_its_scopes_with_what_they_include_and_its_owner(
    portal: Portal, scopes: tuple[str, ...], granted: str
) -> None:
    asked = [part for scope in scopes for part in ("--scope", scope)]
    assert create_token(portal, *asked, "--owner", "Dana@Example.com").exit_code == 0
    token, [made] = stored_token(portal), events_of(portal.app, portal.world.halden)
    assert (token.scopes, token.owner_id) == (granted, portal.world.users["dana"])
    owner = {"user_id": portal.world.users["dana"], "email": DANA}
    assert made.after["api_token"] == {"name": "CI", "scopes": granted.split(), "owner": owner}


def test_a_token_of_nobodys_may_read_only(portal: Portal) -> None:
    assert create_token(portal).exit_code == 0
    assert (stored_token(portal).scopes, stored_token(portal).owner_id) == ("read", None)
    for scope in ("allowlist:write", "history:read"):
        assert "--owner EMAIL" in refused(create_token(portal, "--scope", scope))
    assert "allowlist:state" in refused(create_token(portal, "--scope", "admin"))


@pytest.mark.parametrize("email", ["sanne@example.com", "ola@example.com", "nobody@example.com", ""])
def test_a_token_acts_for_an_owner_of_the_account_only(portal: Portal, email: str) -> None:
    assert "no owner of account" in refused(create_token(portal, "--scope", "allowlist:write", "--owner", email))
    run(portal, "user", "disable", DANA)
    assert "is disabled" in refused(create_token(portal, "--owner", DANA))
