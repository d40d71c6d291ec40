"""Why a portal session is over, and the sentence about it on the sign-in page (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE, ABSOLUTE, BY_OWNER, BY_THEMSELVES, BLOCKED = "idle", "absolute", "owner", "self", "blocked"
REPLACED = "replaced"
DISABLED = "disabled"
BY_OPERATOR = "operator"
CLOCK = "clock"
APART = timedelta(minutes=5)  # How far the clocks of the portal's machines may differ.
SENTENCES = {
    IDLE: "You were signed out after {idle} without activity.",
    ABSOLUTE: "You were signed out {absolute} after you signed in.",
    BY_OWNER: "You were signed out by {by}.",
    BY_OPERATOR: "You were signed out by whoever runs the portal. Sign in again.",
    BY_THEMSELVES: "You signed this browser out from another one.",
    CLOCK: "You were signed out because the portal’s clock was wrong when you signed in.",
    BLOCKED: "You were signed out because your address isn’t on the account’s IP allowlist.",
    REPLACED: (
        "You were signed out here because you are signed in with too many other browsers. "
        "If that wasn’t you, tell an owner of your account."
    ),
    DISABLED: "You were signed out because you may not sign in any more. Ask whoever runs the portal.",
}
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a portal session lives: without a request, and at all (ASVS 7.3.1, 7.3.2)."""

    idle: timedelta
    absolute: timedelta

    def passed(self, created_at: datetime, last_seen_at: datetime, now: datetime) -> str:
        """Return the limit that has ended the session, the earlier one of two; empty while it lives.

        A moment in the future ends it (the clock was wrong then, and has been set right): counted from there, the
        session would outlive its limits. As far ahead as APART is not the future: two machines' clocks may differ.
        """
        if max(created_at, last_seen_at) > now + APART:
            return CLOCK
        left = {IDLE: self.idle - (now - last_seen_at), ABSOLUTE: self.absolute - (now - created_at)}
        first = min(left, key=lambda limit: left[limit])
        return first if left[first] <= timedelta() else ""

    def alive(self, now: datetime) -> Alive:
        """Return between which moments a session that lives now was seen, and was created."""
        return Alive(now - self.idle, now - self.absolute, now + APART)


@dataclass(frozen=True, slots=True)
class Alive:
    """What a database compares: a live session was seen, and created, after these moments, and not later than that."""

    seen_after: datetime
    created_after: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """An ended session: the reason, and by whose name where somebody ended it."""

    reason: str
    by: str = ""


def sentence(ended: Ended, limits: Limits) -> str:
    """Return the sentence for the sign-in page; empty for a reason that has no sentence."""
    by = f"{ended.by}, an owner of the account" if ended.by else "an owner of the account"
    return SENTENCES.get(ended.reason, "").format(idle=lasting(limits.idle), absolute=lasting(limits.absolute), by=by)


def lasting(duration: timedelta) -> str:
    """Return a duration in words, by its two largest units: 2 hours; 1 hour and 30 minutes."""
    left, parts = int(duration.total_seconds()), list[str]()
    for name, size in UNITS:
        count, left = divmod(left, size)
        parts += [f"{count} {name}{'' if count == 1 else 's'}"] if count else []
    return " and ".join(parts[:2]) or "0 seconds"
