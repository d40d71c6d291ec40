"""The reference of a blocked page, pasted into *Check an address*: who was blocked, from where, when."""

from __future__ import annotations

from webapp.domain.reference import find_reference
from webapp.guard import portal_session
from webapp.settings.allowlist.forms import FieldError
from webapp.storage import blocked_attempts
from webapp.storage.blocked_attempts import Attempts


def look_up(typed: str) -> Attempts | FieldError | None:
    """Return what the reference stands for in the reader's account, or why nothing; None where it is no reference.

    One of another account looks like one that never was (R1).
    """
    asked = find_reference(typed)
    if asked is None:
        return None
    found = blocked_attempts.with_reference(portal_session.current().account_id, asked.text)
    if found is not None or not asked.is_certain:
        return found
    message = f"No blocked attempt at this account has the reference {asked.text}. Compare it with the blocked page."
    return FieldError("unknown_reference", message)
