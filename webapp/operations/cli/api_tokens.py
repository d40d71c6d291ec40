"""`flask api-token …`: tokens of the public API."""

from __future__ import annotations

import click

from webapp.domain.token_scopes import SCOPES, needs_owner, with_included
from webapp.operations.cli.group import Commands, of_account, require_account, text_of
from webapp.operations.cli.printing import as_json, print_list, require_yes, yes_option
from webapp.runtime import clock
from webapp.storage import directory, operators

group = Commands("api-token", help="Tokens of the public API.")


@group.command("create")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    help="What it may do; of read, write and state each includes those before it. Without: read.",
)
@click.option("--owner", metavar="EMAIL", help="The owner whom it acts for; it ends with that person's ownership.")
def create_token(account_id: int, name: str, scopes: tuple[str, ...], owner: str | None) -> None:
    """Create an API token and print it, once, on the last line."""
    of_account(account_id, require_account)
    name, granted = text_of(name, "The name"), with_included(scopes)
    if needs_owner(granted) and owner is None:
        raise click.ClickException(
            "A token that may change the list, or read history, acts for an owner: name one with --owner EMAIL."
        )
    try:
        token = operators.create_token(account_id, name, clock.now(), scopes=granted, owner=owner)
    except operators.NoOwner:
        raise click.ClickException(f"{owner!r} is no owner of account {account_id}, or is disabled.") from None
    click.echo("The token is shown only now:", err=True)
    click.echo(token)


@group.command("list")
@click.option("--account", "account_id", type=int, required=True)
@as_json
def list_tokens(account_id: int, json_wanted: bool) -> None:
    """Print the account's API tokens: id, name, what each may do, for whom, since when, whether it has ended."""
    of_account(account_id, require_account)
    print_list(directory.api_tokens(account_id), json_wanted)


@group.command("revoke")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
@yes_option
def revoke_tokens(account_id: int, name: str, yes: bool) -> None:
    """Revoke the account's API tokens of that name: they open nothing any more. Recorded as the operator's."""
    of_account(account_id, require_account)
    require_yes(yes, f"revokes the API tokens {name!r} of account {account_id}")
    try:
        count = operators.revoke_tokens(account_id, name, clock.now())
    except operators.NoToken:
        raise click.ClickException(f"Account {account_id} has no API token {name!r}.") from None
    click.echo(f"API tokens revoked: {count}.", err=True)
