"""`flask account …`."""

from __future__ import annotations

import click

from webapp.operations.cli.group import Commands, text_of
from webapp.runtime import clock
from webapp.storage import operators

group = Commands("account", help="Accounts.")


@group.command("create")
@click.argument("name")
def create_account(name: str) -> None:
    """Create an account and print its id."""
    click.echo(operators.create_account(text_of(name, "The name"), clock.now()))
