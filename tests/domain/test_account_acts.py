"""What an event did that changed no list, in words."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.domain.account_acts import account_act
from webapp.domain.event_kinds import KINDS
from webapp.domain.program_name import program_name, token_of

SANNE = {"user_id": 3, "email": "sanne@example.com", "name": "Sanne Li"}
NAMED = "Sanne Li (sanne@example.com)"
TOKEN = {"name": "deploy", "scopes": ["read", "allowlist:write"], "owner": {"user_id": 1, "email": "dana@example.com"}}
SESSION = {"session": {"user": {"user_id": 3, "name": "Sanne Li"}, "address": "192.0.2.7", "browser": "Firefox"}}


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("user_create", {}, {"user": SANNE | {"role": "member"}}, f"added {NAMED} as member"),
        ("user_role", {"user": {"role": "member"}}, {"user": SANNE | {"role": "owner"}}, f"made {NAMED} owner, member"),
        ("user_password", {}, {"user": SANNE}, f"gave {NAMED} another password"),
        ("api_token_create", {}, {"api_token": TOKEN}, "made the API token “deploy” of dana@example.com, which may re"),
        ("api_token_revoke", {"api_token": {"name": "deploy"}}, {}, "revoked the API token “deploy”"),
        ("session_end", SESSION, {}, "signed Sanne Li out in Firefox at 192.0.2.7"),
        ("account_create", {}, {"account": {"name": "Halden"}}, "opened the account Halden"),
    ],
)
def test_it_says_who_or_what(kind: str, before: dict[str, Any], after: dict[str, Any], said: str) -> None:
    assert account_act(kind, before, after).startswith(said)


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_older_event_does_not_say_is_left_out(kind: str) -> None:
    said = account_act(kind, {}, {"user": None})
    assert said
    assert "None" not in said


def test_a_programs_name_is_taken_apart() -> None:
    assert token_of(program_name("Dana Kessler", "deploy", 200)) == ("Dana Kessler", "deploy")
    assert token_of("Dana Kessler") == ("Dana Kessler", "")
