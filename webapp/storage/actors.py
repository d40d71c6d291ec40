"""Who acts, and the form that they have sent: what an event keeps of them."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass

from webapp.domain.address import Address
from webapp.domain.event_kinds import Door
from webapp.domain.session_end import Limits


@dataclass(frozen=True, slots=True)
class ActorSession:
    """The portal session in which somebody acts: the hash of its id, and how long it may live."""

    id_hash: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a list, from where, in which portal session, or by which API token (its hash).

    The operator has no user, and may do it from anywhere. Without a session only role and list count; of a program,
    only that its token exists and acts for an owner.
    """

    name: str
    user_id: int | None = None
    address: Address | None = None
    session: ActorSession | None = None
    token_hash: str | None = None

    @property
    def door(self) -> Door:
        """By which door they come."""
        if self.token_hash is not None:
            return "api"
        return "operator" if self.user_id is None else "page"

    @property
    def has_no_place(self) -> bool:
        """Whether no address of theirs could be left out: the operator's, a program's. R18 is asked instead of R6."""
        return self.token_hash is not None or (self.session is None and self.address is None)


OPERATOR = Actor("operator")


def unix_user() -> str:
    """Return the name of the Unix user who runs this process, or the number where it has no name.

    Of root, who has become it by sudo, too: `root (dana)`.
    """
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    behind = os.environ.get("SUDO_USER", "") if os.getuid() == 0 else ""
    return f"{name} ({behind})" if behind and _is_user(behind) else name


def _is_user(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_name == name
    except (KeyError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Operation:
    """The one-time id of a form, and the fingerprint of what was sent with it."""

    id: str
    fingerprint: str
