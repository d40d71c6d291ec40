"""Undo: the token that says of which change, and the notice that offers it as long as it works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.domain.allowlist import Entry
from webapp.domain.undoing import PastChange, changed_since
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.views.plan_words import done
from webapp.settings.allowlist.views.section import Section
from webapp.storage import past_changes
from webapp.storage.past_changes import Past

UNDO_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be undone, and the token for it: a deleted network, or a change of many, of which `text` says what."""

    token: str
    entry: Entry | None = None
    text: str = ""


def token_of(event_id: int, at: datetime | None) -> str:
    """Return the token that undoes the event of that moment: after a restore the id may be another event's."""
    return _signer().dumps([event_id, at.isoformat() if at else ""])


def event_of(token: str) -> tuple[int, str] | None:
    """Return the event that the token was made for, and its moment as text, or None where it is no such token."""
    try:
        match _signer().loads(token):
            case [int(event_id), str(at)]:
                return event_id, at
    except BadSignature:
        pass
    return None


def offers_for(section: Section) -> tuple[Offer, ...]:
    """Return what the reader did and can still undo, the latest first: a page that is loaded anew offers it again.

    Not what was undone, nor what could not be undone any more (R16).
    """
    account_id, since = portal_session.current().account_id, clock.now() - UNDO_FOR
    mine = past_changes.own_since(account_id, portal_session.actor(), since)
    return tuple(_offer(past) for past in mine if not changed_since(section.allowlist, past.change))


def _offer(past: Past) -> Offer:
    token = token_of(past.event_id, past.at)
    deleted = past.change.deleted if past.kind == "delete" else None
    return Offer(token, deleted) if deleted else Offer(token, text=_done(past.change))


def _done(change: PastChange) -> str:
    return done(len(change.added), len(change.changed), len(change.removed))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="undo")
