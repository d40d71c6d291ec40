"""`flask backup`, `flask restore`: the database in one file, out and in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from webapp.operations.cli.group import OneCommand
from webapp.operations.cli.printing import escaped, require_yes, yes_option
from webapp.storage import backups
from webapp.storage.backup_errors import BackupError

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup", cls=OneCommand)
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database into FILE, without portal sessions; the portal may run meanwhile.

    Nothing is overwritten, and only the file's owner can read it.
    """
    _clear(backups.backup, file)
    click.echo(
        escaped(f"{file} holds the database, without portal sessions; whoever reads it has password hashes."), err=True
    )


@click.command("restore", cls=OneCommand)
@click.argument("file", type=FILE)
@yes_option
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Fill the empty database with a backup, all of it or nothing; everybody has to sign in again."""
    place = escaped(backups.place())
    require_yes(yes, f"fills the database {place} with the backup")
    _clear(backups.restore, file)
    said = f"{file} is restored into {place}; everybody has to sign in again, and new ids begin far behind."
    click.echo(escaped(said), err=True)


def _clear(act: Callable[[Path], None], file: Path) -> None:
    if not str(file).isprintable():
        raise click.ClickException(f"{str(file)!r} is not a name for a file.")
    try:
        act(file)
    except BackupError as error:
        raise click.ClickException(escaped(f"{error}.")) from None
