"""Undo of a delete and of an import: the token that says which, and the notice that offers it as long as it works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.domain.allowlist import Entry
from webapp.domain.undoing import changed_since
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.views.plan_words import done
from webapp.settings.allowlist.views.section import Section
from webapp.storage import imports, removals

UNDO_FOR = timedelta(minutes=10)
_DELETE, _IMPORT = "undo delete", "undo import"


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be undone, and the token for it: a deleted network, or an import, of which `text` says what it did."""

    token: str
    entry: Entry | None = None
    text: str = ""


def token_of(event_id: int) -> str:
    """Return the token that brings back what the event deleted."""
    return _signer(_DELETE).dumps(event_id)


def event_of(token: str) -> int | None:
    """Return the delete that the token was made for, or None where it is no token of one."""
    return _read(_DELETE, token)


def token_of_import(event_id: int) -> str:
    """Return the token that undoes the event's import."""
    return _signer(_IMPORT).dumps(event_id)


def import_of(token: str) -> int | None:
    """Return the import that the token was made for, or None where it is no token of one."""
    return _read(_IMPORT, token)


def offers_for(section: Section) -> tuple[Offer, ...]:
    """Return what the reader did and can still undo, the latest first: a page that is loaded anew offers it again.

    Not what was undone, nor what could not be undone any more (R16).
    """
    since = clock.now() - UNDO_FOR
    found = dict([*_deletes(section, since), *_imports(section, since)])
    return tuple(found[event_id] for event_id in sorted(found, reverse=True))


def _deletes(section: Section, since: datetime) -> Iterator[tuple[int, Offer]]:
    reader = portal_session.current()
    listed = {entry.network for entry in section.allowlist.entries}
    for one in removals.own_since(reader.account_id, reader.user_id, since):
        if one.entry.network not in listed:
            yield one.event_id, Offer(token_of(one.event_id), one.entry)


def _imports(section: Section, since: datetime) -> Iterator[tuple[int, Offer]]:
    for one in imports.own_since(portal_session.current().account_id, portal_session.actor(), since):
        did = one.change
        if not changed_since(section.allowlist, did):
            text = done(len(did.added), len(did.changed), len(did.removed))
            yield one.event_id, Offer(token_of_import(one.event_id), text=text)


def _read(what: str, token: str) -> int | None:
    try:
        event_id = _signer(what).loads(token)
    except BadSignature:
        return None
    return event_id if isinstance(event_id, int) else None


def _signer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=what)
