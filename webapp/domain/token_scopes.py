"""What an API token may do (R18)."""

from __future__ import annotations

from collections.abc import Collection

READ, WRITE, STATE, HISTORY = "read", "allowlist:write", "allowlist:state", "history:read"
LADDER = (READ, WRITE, STATE)
"""Each includes those before it: whoever replaces the list may read it, and changes its state while replacing it."""

SCOPES = (*LADDER, HISTORY)
"""History is beside them: it names people and where they were, which a program that keeps a list need not know."""


def with_included(scopes: Collection[str]) -> tuple[str, ...]:
    """Return the scopes and all that they include; reading in any case."""
    highest = max((LADDER.index(scope) for scope in scopes if scope in LADDER), default=0)
    return (*LADDER[: highest + 1], *(scope for scope in (HISTORY,) if scope in scopes))


def needs_owner(scopes: Collection[str]) -> bool:
    """Whether a token with these scopes must act for an owner, with whose ownership it ends."""
    return any(scope != READ for scope in scopes)
