"""Admission: which networks of a list count, and whether a list admits an address (R3, R8, R11). Decided only here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from webapp.domain.network import Network


class Listed(Protocol):
    """A network on a list, with everything that decides whether it counts.

    With a further field here mypy refuses an `Entry` or a `stored_lists.Stored` that lacks it; the statements that read
    them are not checked.
    """

    @property
    def network(self) -> Network:
        """The network itself."""


ListedT = TypeVar("ListedT", bound=Listed)
AddressT = TypeVar("AddressT")


def effective_networks(listed: Iterable[ListedT]) -> tuple[ListedT, ...]:
    """Return the listed networks that count, in the given order: at present all of them.

    A rule that needs more than the network concerns further places:
    - the field must be stored and read: `storage/network_rows.py` (`_write`, `_facts`), `storage/stored_lists.py`
      (`_COMPILED` and `Stored`; `load` follows the fields of Entry), and its change must change the list's stamp
      (the triggers of migration 0007 watch only a network's id, account and text);
    - compiled lists and their remembered answers (`guard/allowlist_cache.py`, `CompiledList.is_of`, `Coverage`) hold
      until state, revision or stamp change: what depends on the time must bound them;
    - `Allowlist.add_current` and `ways_out` take a network that is listed and does not count for a duplicate;
    - Undo brings back what an event has kept (`storage/network_facts.py`).
    """
    return tuple(listed)


def admits(active: bool, address: AddressT | None, covers: Callable[[AddressT], bool]) -> bool:
    """Whether a list admits the address: an inactive one admits everybody, an active one only whom it `covers`.

    Without a trustworthy address (None) an active list admits nobody.
    """
    return not active or (address is not None and covers(address))
