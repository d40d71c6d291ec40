"""What an API token may do (R18)."""

from __future__ import annotations

from collections.abc import Iterable

READ, WRITE, STATE = "read", "allowlist:write", "allowlist:state"
SCOPES = (READ, WRITE, STATE)
"""Each includes those before it: whoever replaces the list may read it, and changes its state while replacing it."""


def with_included(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes and all that they include; reading in any case."""
    return SCOPES[: max((SCOPES.index(scope) for scope in scopes), default=0) + 1]
