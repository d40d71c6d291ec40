"""The window in which failures are counted: whether it still runs, and for how long."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

CLOCKS_DIFFER = timedelta(seconds=5)  # Machines that share the counters agree on the time as far as that.


def running_starts(now: datetime, window: timedelta) -> tuple[datetime, datetime]:
    """Return which windows run now: those that began after the first moment, and not after the second.

    One that begins later than clocks may differ was counted by a clock that has been mended since: it is over.
    """
    return now - window, now + CLOCKS_DIFFER


def seconds_left(start: datetime, now: datetime, window: timedelta) -> int:
    """Return in how many whole seconds a running window is over: 1 at the least, the window's length at the most."""
    left = min(start + window - now, window)
    return max(1, math.ceil(left.total_seconds()))
