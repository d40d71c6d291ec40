"""`flask db …`: Flask-Alembic's commands, failing as the others do."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_alembic import Alembic
from flask_alembic.cli import cli as theirs

from webapp.operations.cli.group import Commands


def group() -> Commands:
    """Return Flask-Alembic's group as one of ours."""
    commands = {**theirs.commands, "downgrade": _downgrade(theirs.commands["downgrade"])}
    return Commands("db", commands=list(map(_in_the_app, commands.values())), help=theirs.help)


def _in_the_app(original: click.Command) -> click.Command:
    """Return the command, which makes the app only when it runs: by a callback of the group, its help would, too."""

    @with_appcontext
    @click.pass_context
    def run(context: click.Context, /, **values: object) -> None:
        context.obj = current_app.extensions["alembic"]
        context.invoke(cast(Callable[..., None], original.callback), **values)

    return click.Command(original.name, callback=run, params=original.params, help=original.help)


def _downgrade(original: click.Command) -> click.Command:
    """Return the command that goes back, for which an existing revision's id is never a number of steps.

    Flask-Alembic reads every number as steps: `0010` was ten of them, not the revision 0010.
    """

    @click.pass_obj
    @click.pass_context
    def downgrade(context: click.Context, alembic: Alembic, target: str) -> None:
        if target in {script.revision for script in alembic.script_directory.walk_revisions()}:
            alembic.downgrade(target)
        else:
            context.invoke(original, target=target)

    return click.Command("downgrade", callback=downgrade, params=original.params, help=original.help)
