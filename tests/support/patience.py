"""Waiting on a busy machine: for long, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 60


def wait_until(holds: Callable[[], object]) -> None:
    """Return as soon as something holds; fail when it does not come to."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "it did not come to hold"
        time.sleep(0.02)
