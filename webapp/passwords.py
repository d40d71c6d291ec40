"""Passwords: scrypt, used exactly as received (ASVS 6.2.8, 11.4.2)."""

from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from webapp.domain.password import MAX_PASSWORD


def hash_password(password: str) -> str:
    """Return the salted scrypt hash to store."""
    return generate_password_hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password fits. An unknown user (None) costs the same time as a wrong password (R9)."""
    fits = check_password_hash(stored or _nobodys_hash(), password[:MAX_PASSWORD])
    # HMAC pads keys with NUL, so scrypt cannot tell a password from the same one with NULs behind it.
    return fits and bool(stored) and len(password) <= MAX_PASSWORD and "\0" not in password


@cache
def _nobodys_hash() -> str:
    return generate_password_hash("nobody's password")


_nobodys_hash()  # At import: the first unknown user must not take longer than the next.
