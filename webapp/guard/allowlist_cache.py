"""Compiled lists, kept per process under (account, revision, stamp): never stale, no lifetime (promise 1)."""

from __future__ import annotations

from flask import current_app

from webapp.domain.address import Address
from webapp.domain.compiled_list import CompiledList
from webapp.storage import allowlists

MAX_KEPT = 1_000


class AllowlistCache:
    """The lists that this process has compiled, at most `MAX_KEPT`. Single dict operations: safe with threads."""

    def __init__(self) -> None:
        self._kept: dict[int, CompiledList] = {}

    def admits(self, account_id: int, *, active: bool, revision: str, stamp: str, address: Address | None) -> bool:
        """Decide by the list's state, revision and stamp that the request's one statement returned.

        An unknown three costs one statement; what that returned decides and is kept under its own three.

        Raises:
            ListUnreadable: the stored list is not one.
        """
        if not active:
            return True
        kept = self._kept.get(account_id)
        if kept is None or not kept.is_of(active, revision, stamp):
            kept = self._compile(account_id)
        return kept.admits(address)

    def _compile(self, account_id: int) -> CompiledList:
        compiled = allowlists.compiled(account_id)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[account_id] = compiled
        return compiled


def admits(account_id: int, *, active: bool, revision: str, stamp: str, address: Address | None) -> bool:
    """Whether the account's list lets the address in: the one question behind enforcement and sign-in."""
    lists: AllowlistCache = current_app.extensions["lists"]
    return lists.admits(account_id, active=active, revision=revision, stamp=stamp, address=address)
