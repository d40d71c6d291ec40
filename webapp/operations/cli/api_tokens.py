"""`flask api-token …`: tokens of the public API."""

from __future__ import annotations

import click

from webapp.operations.cli.group import Commands, load, text_of
from webapp.runtime import clock
from webapp.storage import operators

group = Commands("api-token", help="Tokens of the public API.")


@group.command("create")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
def create_token(account_id: int, name: str) -> None:
    """Create an API token and print it, once, on the last line."""
    load(account_id)
    token = operators.create_token(account_id, text_of(name, "The name"), clock.now())
    click.echo("The token is shown only now:", err=True)
    click.echo(token)
