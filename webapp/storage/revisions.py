"""Revisions of lists and versions of rows."""

import secrets


def new_revision() -> str:
    """Return a revision or version: 64 random bits as hexadecimal text, never a counter.

    Why: `docs/decisions/random-revision.md`.
    """
    return secrets.token_hex(8)
