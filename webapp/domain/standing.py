"""Standing: what must hold of a person at the moment of their change (R8b).

A request is judged when it comes. What it wants may be done much later: its body was sent slowly, or it waited for its
turn; and meanwhile the person may have been put out.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.address import Address
from webapp.domain.allowlist import Allowlist


class SignedOut(Exception):
    """The portal session is over by now."""


class NotLetIn(Exception):
    """The list does not let the person's address in by now."""


class TokenEnded(Exception):
    """The API token is gone by now, or whom it acts for is no owner of the account any more, or is disabled (R18)."""


class NotOwner(Exception):
    """The person is no owner of the account (any more)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is under the lock: whether their portal session lives, and whether they own the account."""

    is_signed_in: bool
    is_owner: bool


def require_in(standing: Standing, before: Allowlist, address: Address | None) -> None:
    """Let only an owner act who is signed in, and whom the list as it is before the change lets in.

    Raises, in the order in which a request is judged:
        SignedOut: the portal session is over.
        NotLetIn: the list is active and does not cover the address.
        NotOwner: the role is another one.
    """
    if not standing.is_signed_in:
        raise SignedOut
    if not before.admits(address):
        raise NotLetIn
    if not standing.is_owner:
        raise NotOwner
