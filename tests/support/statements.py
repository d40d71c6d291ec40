"""What an app asks its database: a log of statements, and hooks at the moment when a writing transaction begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.quick import engine_of, on_each_statement

FRAMES = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def every_statement(app: Flask) -> Iterator[list[str]]:
    """Yield a list that fills with the app's statements, BEGIN among them where it is one (SQLite)."""
    log: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        log.append(" ".join(statement.split()))

    with on_each_statement(app, note):
        yield log


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Yield a list that fills, at the end, with the statements; BEGIN, COMMIT and ROLLBACK do not count."""
    counted: list[str] = []
    with every_statement(app) as log:
        yield counted
    counted += [statement for statement in log if not statement.startswith(FRAMES)]


@contextmanager
def before_writing(app: Flask, hook: Callable[[], None]) -> Iterator[None]:
    """Call the hook whenever a writing transaction is about to begin: after all that the request has read."""

    def about_to_begin(_connection: sa.Connection, options: dict[str, Any]) -> None:
        if options.get("writes"):
            hook()

    # Not "begin": listeners run in the order they came, and the app's own would have locked SQLite by then.
    sa.event.listen(engine_of(app), "set_connection_execution_options", about_to_begin)
    try:
        yield
    finally:
        sa.event.remove(engine_of(app), "set_connection_execution_options", about_to_begin)


def only_once(hook: Callable[[], None]) -> Callable[[], None]:
    """Return a hook that acts the first time only (its own writing must not call it again)."""
    left = [hook]
    return lambda: left.pop()() if left else None
