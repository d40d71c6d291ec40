"""`flask db …`: Flask-Alembic's commands, failing as the others do."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_alembic import Alembic

from webapp.operations.cli.group import Commands


def group(app: Flask) -> Commands:
    """Return Flask-Alembic's group as one of ours."""
    theirs = cast(click.Group, app.cli.commands["db"])
    callback = with_appcontext(cast(Callable[[], None], theirs.callback))
    commands = {**theirs.commands, "downgrade": _downgrade(theirs.commands["downgrade"])}
    return Commands("db", commands=commands, callback=callback, help=theirs.help)


def _downgrade(theirs: click.Command) -> click.Command:
    """Return the command that goes back, for which an existing revision's id is never a number of steps.

    Flask-Alembic reads every number as steps: `0010` was ten of them, not the revision 0010.
    """

    @click.pass_obj
    @click.pass_context
    def downgrade(context: click.Context, alembic: Alembic, target: str) -> None:
        if target in {script.revision for script in alembic.script_directory.walk_revisions()}:
            alembic.downgrade(target)
        else:
            context.invoke(theirs, target=target)

    return click.Command("downgrade", callback=downgrade, params=theirs.params, help=theirs.help)
