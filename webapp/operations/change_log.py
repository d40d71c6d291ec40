"""The log of changes: a line for each stored change of a list that a request has made; commands say it themselves."""

from __future__ import annotations

from flask import Flask, has_request_context

from webapp.runtime import logs
from webapp.storage import listeners
from webapp.storage.listeners import StoredEvent


def init_app(app: Flask) -> None:
    """Log every event of a request once it is committed."""
    listeners.listen(app, log_event)


def log_event(_app: Flask, *, event: StoredEvent) -> None:
    """Log the event, where a request has made it, and count it as a decision."""
    if has_request_context():
        logs.record("change", event.kind, event_id=event.id)
