"""Why there is no backup, or why one was not restored; and by how much ids jump."""

from __future__ import annotations

import secrets

LEAST_GAP = 2**20  # ids that the lost days may have issued


class BackupError(Exception):
    """Nothing was written, or nothing was restored: one clear line."""


def gap() -> int:
    """Return by how many ids a sequence jumps: random, so that nobody can tell what comes."""
    return LEAST_GAP + secrets.randbelow(LEAST_GAP)
