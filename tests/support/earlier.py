"""The past, further away than it is: events that were made a moment ago, as if it had been long ago."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from tests.support.quick import events_of, writing
from tests.support.tampering import unguarded
from webapp.settings.allowlist.views.undo import token_of
from webapp.storage.models import Event


def make_earlier(app: Flask, account_id: int, by: timedelta) -> None:
    """Let all events of the account have happened so much earlier."""
    moments = {event.id: event.at - by for event in events_of(app, account_id)}
    with writing(app) as connection, unguarded(connection):
        for event_id, at in moments.items():
            connection.execute(sa.update(Event).where(Event.id == event_id).values(at=at))


def make_undo_late(page: Page, app: Flask, account_id: int, by: timedelta) -> None:
    """Let the last change have happened so much earlier, with the notice that offers to undo it."""
    make_earlier(app, account_id, by)
    last = events_of(app, account_id)[-1]
    with app.app_context():
        token = token_of(last.id, last.at)
    page.locator("[name=token]").evaluate("(field, token) => { field.value = token; }", token)
