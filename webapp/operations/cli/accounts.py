"""`flask account …`."""

from __future__ import annotations

import click

from webapp.operations.cli.group import Commands, of_account, text_of
from webapp.operations.cli.printing import as_json, escaped, print_list, print_one
from webapp.runtime import clock
from webapp.storage import directory, operators

group = Commands("account", help="Accounts.")


@group.command("create")
@click.argument("name")
def create_account(name: str) -> None:
    """Create an account and print its id."""
    click.echo(operators.create_account(text_of(name, "The name"), clock.now()))


@group.command("list")
@as_json
def list_accounts(json_wanted: bool) -> None:
    """Print all accounts: id, name, since when, whether the list is active, networks, users, owners."""
    print_list(directory.accounts(), json_wanted)


@group.command("show")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@as_json
def show_account(account_id: int, json_wanted: bool) -> None:
    """Print what there is of an account, one fact a line."""
    found = of_account(account_id, directory.account)
    if found is None:
        raise click.ClickException(f"There is no account {account_id}.")
    print_one(found, json_wanted)


@group.command("rename")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.argument("name")
def rename_account(account_id: int, name: str) -> None:
    """Give an account another name. Recorded as the operator's."""
    new = text_of(name, "The name")
    is_other = of_account(account_id, lambda one: operators.rename_account(one, new, clock.now()))
    click.echo(f"Account {account_id} is called {escaped(new)}{'' if is_other else ' already'}.", err=True)


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
    click.echo(f"Account {account_id} is removed; its users stay.", err=True)
