"""Revisions of lists and versions of rows."""

import secrets


def new_revision() -> str:
    """Return a revision or version: 64 random bits as hexadecimal text, never a counter (DESIGN 4)."""
    return secrets.token_hex(8)
