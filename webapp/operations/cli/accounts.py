"""`flask account …`."""

from __future__ import annotations

import click

from webapp.operations.cli.group import Commands, of_account, text_of
from webapp.runtime import clock
from webapp.storage import operators

group = Commands("account", help="Accounts.")


@group.command("create")
@click.argument("name")
def create_account(name: str) -> None:
    """Create an account and print its id."""
    click.echo(operators.create_account(text_of(name, "The name"), clock.now()))


@group.command("remove")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.option("--yes", is_flag=True, help="Remove it; nothing brings it back but a backup.")
def remove_account(account_id: int, yes: bool) -> None:
    """Remove an account with its list, memberships, tokens and whole history, as the role that owns the tables."""
    if not yes:
        raise click.ClickException(
            f"Nothing is removed. --yes removes account {account_id}, its list and its history for good; users stay."
        )
    try:
        of_account(account_id, operators.remove_account)
    except operators.NotTheOwner:
        raise click.ClickException(
            "Nothing is removed: history goes only by the role that owns the tables, which migrations run as."
        ) from None
    click.echo(f"Account {account_id} is removed; its users stay.")
