"""Passwords: scrypt at OWASP's cost, used exactly as received (ASVS 6.2.8, 11.4.2)."""

from __future__ import annotations

import hashlib
import re

from werkzeug.security import check_password_hash, generate_password_hash

from webapp.domain.password import MAX_PASSWORD

# OWASP Password Storage Cheat Sheet. Of its equals the one that takes 32 MB: every thread of a worker may be hashing.
METHOD = "scrypt:32768:8:3"
DEAREST = 2**20  # blocks to mix, as of 131072:8:1: the hash of a later release still fits after a downgrade
NEVER_FITS = "!"  # Stored instead of a hash: no password fits.
_MADE = re.compile(r"scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2})\$[^$]+\$[0-9a-f]{128}", re.ASCII)


def hash_password(password: str) -> str:
    """Return the salted scrypt hash to store."""
    return generate_password_hash(password, METHOD)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password fits. Every call takes the same time, whatever is stored; None: there is no such user (R9).

    A text that is not a scrypt hash never fits (blank, damaged, another method), nor does one that costs more than
    DEAREST.
    """
    dummy_hash = f"{METHOD}$nobody${'0' * 128}"  # no password has this hash
    checked = stored if stored and 0 < _cost(stored) <= DEAREST else dummy_hash
    fits = check_password_hash(checked, password[:MAX_PASSWORD])
    _spend(_cost(dummy_hash) - _cost(checked))
    # HMAC pads keys with NUL, so scrypt cannot tell a password from the same one with NULs behind it.
    return fits and checked is not dummy_hash and len(password) <= MAX_PASSWORD and "\0" not in password


def is_outdated(stored: str) -> bool:
    """Whether a hash was made at another cost than today's: it is renewed at sign-in."""
    return not stored.startswith(METHOD + "$")


def _cost(stored: str) -> int:
    """Return what a hash costs to check, as blocks that are mixed; 0 where it can't be read.

    RFC 7914 2: N is a power of two above 1, and below 2^(16 r).
    """
    found = _MADE.fullmatch(stored)
    if found is None:
        return 0
    n, r, p = map(int, found.groups())
    return n * r * p if n > 1 and n & (n - 1) == 0 and n < 2 ** (16 * r) else 0


def _spend(cost: int) -> None:
    """Do the work that an older, cheaper hash has saved: else the time would show that there is such a user."""
    n, r, _ = map(int, METHOD.split(":")[1:])
    p = cost // (n * r)
    if p > 0:
        hashlib.scrypt(b"", salt=b"", n=n, r=r, p=p, maxmem=132 * n * r * p)
