"""`flask db …`: Flask-Alembic's commands, failing as the others do."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import click
from flask import Flask
from flask.cli import with_appcontext

from webapp.operations.cli.group import Commands


def group(app: Flask) -> Commands:
    """Return Flask-Alembic's group as one of ours."""
    theirs = cast(click.Group, app.cli.commands["db"])
    callback = with_appcontext(cast(Callable[[], None], theirs.callback))
    return Commands("db", commands=theirs.commands, callback=callback, help=theirs.help)
