"""Whether a change leaves its author out, and the ways out; whether it was meant for their address (R5a, R6)."""

from __future__ import annotations

from webapp.domain.address import Address
from webapp.domain.allowlist import MAX_NETWORKS, AddressChanged, Allowlist, LeavesYouOut, NoAddress, WayOut
from webapp.domain.current_network import current_network


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
