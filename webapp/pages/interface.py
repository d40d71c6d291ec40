"""Who is signed in, from where, who may; and answers that hold with and without htmx."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Literal, ParamSpec, TypeVar, cast, overload

from flask import Blueprint, abort

from webapp.guard import client_address, portal_session
from webapp.web.htmx import page, see_other

__all__ = ["CurrentUser", "Pages", "current_address", "current_user", "page", "require_owner", "see_other"]

P = ParamSpec("P")
R = TypeVar("R")


class Pages(Blueprint):
    """Flask's blueprint, with entries for the side bar: label, endpoint, name of an icon."""

    navigation: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """The person who is signed in, and the account in which they are."""

    id: int
    name: str
    email: str
    account_id: int
    account_name: str
    role: Literal["owner", "member"]

    @property
    def is_owner(self) -> bool:
        """Whether the person is an owner of the account."""
        return self.role == "owner"


def current_user() -> CurrentUser:
    """Return who is signed in, whom the list lets in; it costs no statement.

    Raises:
        RuntimeError: the page is open, so nobody has asked who is there.
    """
    me = portal_session.let_in()
    role = cast(Literal["owner", "member"], me.role)
    return CurrentUser(me.user_id, me.user_name, me.email, me.account_id, me.account_name, role)


def current_address() -> str | None:
    """Return the address that the request comes from, as text, or None where it can't be told for sure (R11).

    With an active list there is always one, and the list covers it.
    """
    address = client_address.current_address()
    return address.text if address else None


@overload
def require_owner() -> None: ...


@overload
def require_owner(view: Callable[P, R]) -> Callable[P, R]: ...


def require_owner(view: Callable[P, R] | None = None) -> Callable[P, R] | None:
    """Let only owners go on; members get 403. Below the route of a view, or `pages.before_request(require_owner)`."""
    if view is None:
        if not current_user().is_owner:
            abort(403)
        return None

    @wraps(view)
    def owners_only(*arguments: P.args, **more: P.kwargs) -> R:
        require_owner()
        return view(*arguments, **more)

    return owners_only
