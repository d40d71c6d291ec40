"""Who hears of an event once it is committed (R15): the log, and whatever connects with `listen`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from blinker import NamedSignal, Namespace
from flask import Flask

from webapp.domain.event_kinds import Door

event_stored: NamedSignal = Namespace().signal("event-stored")
"""Sent with a `StoredEvent` after the commit, never for one that was rolled back or for a form that was repeated.

Connect to it with `listen`.
"""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that is committed: its id, of which account, what kind, by whom (the name as it was then), when, whence.

    `before` and `after` are what the table keeps of it: `revision`, `networks` that the other one lacks or has
    otherwise (`_difference`), and of a change of the list `active`. `kind` is what was asked for: a list that a delete
    or an edit has deactivated (`then=deactivate`) is seen by `active` only. The operator has no `user_id`.
    """

    id: int
    account_id: int
    kind: str
    by: str
    user_id: int | None
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    door: Door = "page"
    address: str | None = None


class Listener(Protocol):
    """What is called with every stored event."""

    def __call__(self, app: Flask, /, *, event: StoredEvent) -> None:
        """Act on the event; an exception is logged, and costs the change nothing."""


def listen(app: Flask, listener: Listener) -> None:
    """Call the listener after the commit of every event of the app; it is held as long as the process lives.

    It runs inside the request or command that has made the change, before its answer: what takes time belongs
    elsewhere.
    """
    event_stored.connect(listener, app, weak=False)
