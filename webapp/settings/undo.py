"""Undo of a delete: the token that says which, and the notice that offers it as long as it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from webapp import clock, sessions
from webapp.domain.allowlist import Entry
from webapp.settings.section import Section
from webapp.storage import removals

UNDO_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Offer:
    """A deleted network, and the token that brings it back."""

    entry: Entry
    token: str


def token_of(event_id: int) -> str:
    """Return the token that brings back what the event deleted."""
    return _signer().dumps(event_id)


def event_of(token: str) -> int | None:
    """Return the event that the token was made for, or None where it is no token."""
    try:
        event_id = _signer().loads(token)
    except BadSignature:
        return None
    return event_id if isinstance(event_id, int) else None


def offer(section: Section) -> Offer | None:
    """Return the reader's last delete while it can be undone: a page that is loaded anew offers it again (R16).

    None where it was undone, or the network is on the list again.
    """
    reader = sessions.current()
    removed = removals.last_own(reader.account_id, reader.user_id, clock.now() - UNDO_FOR)
    listed = {entry.network for entry in section.allowlist.entries}
    return (
        None if removed is None or removed.entry.network in listed else Offer(removed.entry, token_of(removed.event_id))
    )


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="undo delete")
