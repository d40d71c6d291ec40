"""After a commit: what a transaction has stored is sent to listeners once it is committed, and only then.

A listener gets the app, and `event`. It runs in the thread of the request or command, which waits for it. A signal
holds what is connected weakly unless it is asked not to: connect with a function that asks (`listeners.listen`).
"""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from blinker import NamedSignal
from flask import current_app
from sqlalchemy.orm import Session, SessionTransaction

log = logging.getLogger(__name__)
_PENDING = "after_commit"  # in `Session.info`


def send_later(session: Session, signal: NamedSignal, event: object) -> None:
    """Send the event to the signal's listeners once the session's present transaction is committed."""
    session.info.setdefault(_PENDING, []).append((signal, event))


def send(session: Session) -> None:
    """Send what the transaction that has just been committed had to say.

    A listener that fails is logged: what was done is done, and is answered so.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    for signal, event in session.info.pop(_PENDING, ()):
        for listener in signal.receivers_for(app):
            _call(listener, app, event)


def _call(listener: Any, app: object, event: object) -> None:
    try:
        listener(app, event=event)
    except Exception:
        log.exception("a listener has failed", extra={"listener": getattr(listener, "__qualname__", repr(listener))})


@sa.event.listens_for(Session, "after_soft_rollback")
def forget(session: Session, transaction: SessionTransaction | None = None) -> None:
    """Forget what would have been sent: its transaction is rolled back, or is begun anew.

    A savepoint that is rolled back leaves the transaction, and what it has stored before.
    """
    if transaction is None or not transaction.nested:
        session.info.pop(_PENDING, None)
