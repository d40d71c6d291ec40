"""`flask api-token …`: tokens of the public API."""

from __future__ import annotations

import click

from webapp.domain.token_scopes import SCOPES, needs_owner, with_included
from webapp.operations.cli.group import Commands, load, text_of
from webapp.runtime import clock
from webapp.storage import operators

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
    load(account_id)
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


@group.command("revoke")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
def revoke_tokens(account_id: int, name: str) -> None:
    """Revoke the account's API tokens of that name: they open nothing any more. Recorded as the operator's."""
    load(account_id)
    try:
        count = operators.revoke_tokens(account_id, name, clock.now())
    except operators.NoToken:
        raise click.ClickException(f"Account {account_id} has no API token {name!r}.") from None
    click.echo(f"API tokens revoked: {count}.", err=True)
