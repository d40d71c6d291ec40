"""The one clock. Tests replace `now`; nothing else is ever replaced."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
