"""Undo of a delete: the token that says which, and the notice that offers it as long as it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.domain.allowlist import Entry
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.views.section import Section
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


def offers_for(section: Section) -> tuple[Offer, ...]:
    """Return what the reader deleted and can still undo, the latest first: a page that is loaded anew offers it again.

    Not what was undone, nor a network that is on the list again (R16).
    """
    reader = portal_session.current()
    listed = {entry.network for entry in section.allowlist.entries}
    removed = removals.own_since(reader.account_id, reader.user_id, clock.now() - UNDO_FOR)
    return tuple(Offer(one.entry, token_of(one.event_id)) for one in removed if one.entry.network not in listed)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="undo delete")
