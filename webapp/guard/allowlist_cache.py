"""Cache of compiled lists, per process, by (account, state, revision, stamp): never stale, no lifetime (promise 1)."""

from __future__ import annotations

from typing import Protocol

from webapp.config import app_object
from webapp.domain.address import Address
from webapp.domain.compiled_list import INACTIVE, CompiledList
from webapp.storage import allowlists

MAX_KEPT = 1_000


class ListState(Protocol):
    """What the request's one statement returned of an account's list: a portal session has it, and a user's account."""

    @property
    def account_id(self) -> int:
        """The account."""

    @property
    def allowlist_active(self) -> bool:
        """Whether its list is active."""

    @property
    def allowlist_revision(self) -> str:
        """The list's revision: another one after every change."""

    @property
    def list_stamp(self) -> str:
        """The stamp of its networks, which triggers renew."""


class AllowlistCache:
    """The lists that this process has compiled, at most `MAX_KEPT`. Single dict operations: safe with threads."""

    def __init__(self) -> None:
        self._kept: dict[int, CompiledList] = {}

    def admits(self, state: ListState, address: Address | None) -> bool:
        """Whether the account's list, which is in that state, admits the address.

        An unknown state costs one statement; what that returned decides, and is kept under its own state.

        Raises:
            ListUnreadable: the stored list is not one.
        """
        return self._list(state).admits(address)

    def _list(self, state: ListState) -> CompiledList:
        if not state.allowlist_active:
            return INACTIVE
        kept = self._kept.get(state.account_id)
        if kept is None or not kept.is_of(state.allowlist_active, state.allowlist_revision, state.list_stamp):
            kept = self._compile(state.account_id)
        return kept

    def _compile(self, account_id: int) -> CompiledList:
        compiled = allowlists.compiled(account_id)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[account_id] = compiled
        return compiled


def admits(state: ListState, address: Address | None) -> bool:
    """Whether the account's list admits the address: the one question behind enforcement and sign-in."""
    return app_object(AllowlistCache).admits(state, address)
