"""An event in words: who did it. What was done is told by `acts` and `account_acts`."""

from __future__ import annotations

from typing import Protocol

from webapp.domain.program_name import token_of
from webapp.guard.portal_session import you
from webapp.storage.events import OPERATOR


class Made(Protocol):
    """Whatever is known to be somebody's: an event, a sign-in, a list's last change."""

    @property
    def by(self) -> str:
        """The name as it was then."""

    @property
    def user_id(self) -> int | None:
        """Whose it is; None: the operator's."""


def who_did(made: Made) -> str:
    """Return who it was, to begin a sentence: You, Mara Osei, The operator, API token “deploy” of Mara Osei."""
    if made.user_id is None and made.by == OPERATOR.name:
        return "The operator"
    name, token = token_of(made.by)
    person = you(name, made.user_id)
    if token:
        return f"API token “{token}” of {person}"
    return "You" if person == "you" else person
