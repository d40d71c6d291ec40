"""Whether a change leaves its author out, and the ways out; whether it was meant for their address (R5a, R6).

And whether a change of somebody without an address, a program's or an operator's, leaves the owners out (R18).
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.address import Address
from webapp.domain.admission import effective_networks
from webapp.domain.allowlist import MAX_NETWORKS, AddressChanged, Allowlist, LeavesYouOut, NoAddress, Refused, WayOut
from webapp.domain.coverage import Coverage
from webapp.domain.current_network import current_network


class LeavesOwnersOut(Refused):
    """The resulting list would be active without any address from which an owner signed in lately (R18)."""

    code = "leaves_owners_out"


class LeavesNobodyIn(Refused):
    """An active list would be empty: nobody could come back to put it right, acknowledged or not (R3, R18)."""

    code = "leaves_nobody_in"


def leaves_out(result: Allowlist, address: Address | None) -> bool:
    """Whether the person at the address could not come back to the resulting list (R6, the one decision)."""
    return not result.admits(address)


def require_shown(shown: str | None, address: Address | None, *, adds: bool) -> None:
    """Refuse a yes that was given to another address than the request's own (R5a).

    `shown` is the address that the form named, None where it named none; that is enough unless the change `adds` the
    address. It is only compared, never used.

    Raises:
        AddressChanged: the form named another address, or none where one would be added.
        NoAddress: there is no trustworthy address to compare with.
    """
    if shown is None and not adds:
        return
    if address is None:
        raise NoAddress
    if shown != address.text:
        raise AddressChanged(shown or "")


def settle(
    before: Allowlist, after: Allowlist, address: Address | None, then: str = "", shown: str | None = None
) -> Allowlist:
    """Return the list to store: `after`, or what the chosen way out makes of it (R6).

    `then` acts only where the change leaves the actor out; otherwise it is ignored. `shown` is the address that the
    form named (R5a).

    Raises:
        AddressChanged: the form was made for another address; it says what would be asked of the present one.
        LeavesYouOut: no way out was chosen, or the chosen one is not offered here.
    """
    question = None
    if leaves_out(after, address):
        question = LeavesYouOut(ways_out(before, after, address), last=not after.entries)
    adds = question is not None and then == "add_current" and "add_current" in question.ways_out
    try:
        require_shown(shown, address, adds=adds)
    except AddressChanged as changed:
        raise AddressChanged(changed.shown, question) from None
    if question is None:
        return after
    if adds and address is not None:
        return after.add_current(address)
    if then == "deactivate":
        return after.deactivate()
    raise question


def ways_out(before: Allowlist, after: Allowlist, address: Address | None) -> tuple[WayOut, ...]:
    """Return the ways out of a refusal, the one to offer first in front (R6)."""
    if address is None or len(after.entries) >= MAX_NETWORKS:
        return ("deactivate",)
    kept = {entry.network for entry in after.entries}
    removed = {entry.network for entry in before.entries} - kept
    if current_network(address) in removed:
        return ("deactivate",)
    return ("deactivate", "add_current") if not after.entries else ("add_current", "deactivate")


def require_owners_in(before: Allowlist, after: Allowlist, owners: Iterable[Address], *, acknowledged: bool) -> None:
    """Refuse a change that leaves the owners out, made by somebody without an address of their own (R18).

    `owners` are the addresses from which owners signed in lately. They are not asked for where nothing changes, the
    resulting list is inactive, or leaving the owners out is `acknowledged`.

    Raises:
        LeavesNobodyIn: the resulting list would be active and empty.
        LeavesOwnersOut: it would be active and cover none of these addresses.
    """
    if after == before or not after.active:
        return
    networks = effective_networks(after.entries)
    if not networks:
        raise LeavesNobodyIn
    if not acknowledged and not any(map(Coverage(entry.network for entry in networks).covers, owners)):
        raise LeavesOwnersOut
