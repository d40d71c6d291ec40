"""What a recorded event did besides what `acts` tells of a list: to people, API tokens and sessions (R15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Side = Mapping[str, Any]
_SOMEBODY, _A_TOKEN = "somebody", "an API token"


def account_act(kind: str, before: Side, after: Side) -> str:
    """Return what the event did, to stand behind who did it: `made Sanne Li owner`.

    An event of an older release may lack a name or a role: what it does not say is left out.
    """
    said = _SAID.get(kind)
    return said(before, after) if said else _OF_LISTS.get(kind, "changed the list")


def _name(side: Side) -> str:
    """Return the name of the user that the side tells of, with the e-mail, which is nobody else's."""
    user = _facts(side, "user")
    name, email = user.get("name"), user.get("email")
    return f"{name} ({email})" if name and email else str(name or email or _SOMEBODY)


def _facts(side: Side, name: str) -> Side:
    found = side.get(name)
    return found if isinstance(found, Mapping) else {}


def _created(_before: Side, after: Side) -> str:
    role = _facts(after, "user").get("role")
    return f"added {_name(after)}{f' as {role}' if role else ''}"


def _renamed(before: Side, after: Side) -> str:
    was, name = (_facts(side, "account").get("name") for side in (before, after))
    return f"renamed the account{f' {was}' if was else ''}{f' to {name}' if name else ''}"


def _given_a_role(before: Side, after: Side) -> str:
    was, role = (_facts(side, "user").get("role") for side in (before, after))
    return f"made {_name(after)} {role or 'something else'}{f', {was} before' if was else ''}"


def _token_made(_before: Side, after: Side) -> str:
    token = _facts(after, "api_token")
    owner, scopes = _facts(token, "owner").get("email"), token.get("scopes")
    may = f", which may {', '.join(map(str, scopes))}" if isinstance(scopes, list) else ""
    return f"made {_token(after)}{f' of {owner}' if owner else ''}{may}"


def _token(side: Side) -> str:
    name = _facts(side, "api_token").get("name")
    return f"the API token “{name}”" if name else _A_TOKEN


def _signed_out(before: Side, _after: Side) -> str:
    session = _facts(before, "session")
    where = [f"in {session['browser']}"] if session.get("browser") else []
    where += [f"at {session['address']}"] if session.get("address") else []
    return f"signed {_name(session)} out{' ' if where else ''}{' '.join(where)}"


_OF_LISTS = {"activate": "activated the list", "deactivate": "deactivated the list"}
_SAID: Mapping[str, Callable[[Side, Side], str]] = {
    "repair": lambda _before, _after: "deleted from the list what could not be read",
    "account_create": lambda _before, after: f"opened the account {_facts(after, 'account').get('name', '')}".rstrip(),
    "user_create": _created,
    "user_role": _given_a_role,
    "user_remove": lambda before, _after: f"removed {_name(before)} from the account",
    "user_end_sessions": lambda _before, after: f"signed {_name(after)} out everywhere",
    "throttle_clear": lambda _before, after: f"let {_name(after)} try to sign in again",
    "account_rename": _renamed,
    "user_disable": lambda _before, after: f"disabled {_name(after)}",
    "user_enable": lambda _before, after: f"enabled {_name(after)}",
    "user_password": lambda _before, after: f"gave {_name(after)} another password",
    "api_token_create": _token_made,
    "api_token_revoke": lambda before, _after: f"revoked {_token(before)}",
    "session_end": _signed_out,
    "session_end_all": lambda _before, _after: "signed everybody out",
}
