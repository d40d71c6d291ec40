"""Operators' commands (DESIGN 12). Each fails with one clear line and a non-zero exit."""

from __future__ import annotations

import os

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp import clock
from webapp.domain.address import AddressError, parse_address
from webapp.domain.allowlist import Allowlist
from webapp.passwords import hash_password
from webapp.storage import Unavailable, accounts, allowlists, tokens, write
from webapp.storage.allowlists import ListUnreadable, NoAccount
from webapp.storage.events import Actor

OPERATOR = Actor("operator")
MIN_PASSWORD = 12
MAX_ID = 2**31


class Commands(AppGroup):
    """A group whose commands turn a failing database into one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (ListUnreadable, Unavailable) as error:
            raise click.ClickException(f"The list can't be read or changed now: {error}.") from None
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"The database can't be used: {reason} (flask --app wsgi db upgrade?)") from None


account = Commands("account", help="Accounts.")
user = Commands("user", help="Users and their memberships.")
api_token = Commands("api-token", help="Tokens of the public API.")
allowlist = Commands("allowlist", help="An account's IP allowlist; deactivate is the way back in.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    for group in (account, user, api_token, allowlist):
        app.cli.add_command(group)


def _load(account_id: int) -> Allowlist:
    try:
        if not 0 < account_id < MAX_ID:
            raise NoAccount
        return allowlists.load(account_id)
    except NoAccount:
        raise click.ClickException(f"There is no account {account_id}.") from None


def _text(value: str, what: str) -> str:
    text = value.strip()
    if not text or len(text) > 120 or not text.isprintable():
        raise click.ClickException(f"{what} must have 1 to 120 printable characters.")
    return text


@account.command("create")
@click.argument("name")
def create_account(name: str) -> None:
    """Create an account and print its id."""
    text = _text(name, "The name")
    click.echo(write(lambda session: accounts.create(session, text, clock.now())))


@user.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--account", "account_id", type=int, required=True)
@click.option("--role", type=click.Choice(["owner", "member"]), required=True)
def create_user(email: str, name: str, account_id: int, role: str) -> None:
    """Create a user with a membership; an e-mail that exists gets a further membership."""
    _load(account_id)
    address = email.strip()
    if "@" not in address or len(address) > 254 or not address.isprintable() or " " in address:
        raise click.ClickException(f"{address!r} is not an e-mail address.")
    full_name = _text(name, "The name")
    known = write(lambda session: accounts.find_user(session, address))
    password_hash = None if known else hash_password(_ask_password())

    def work(session: Session) -> bool:
        found = accounts.find_user(session, address)
        user_id = (
            found.id if found else accounts.create_user(session, address, full_name, password_hash or "", clock.now())
        )
        return accounts.join(session, account_id, user_id, role)

    if not write(work):
        raise click.ClickException(f"{address} is in account {account_id} already.")
    click.echo(f"{address} is {role} of account {account_id}.", err=True)


def _ask_password() -> str:
    password = os.environ.get("PORTAL_USER_PASSWORD") or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    if len(password) < MIN_PASSWORD or "\0" in password:
        raise click.ClickException(f"The password must have at least {MIN_PASSWORD} characters, and no NUL.")
    return str(password)


@api_token.command("create")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
def create_token(account_id: int, name: str) -> None:
    """Create an API token and print it, once, on the last line."""
    _load(account_id)
    text = _text(name, "The name")
    token = write(lambda session: tokens.create(session, account_id, text, clock.now()))
    click.echo("The token is shown only now:", err=True)
    click.echo(token)


@allowlist.command("show")
@click.argument("account_id", metavar="ACCOUNT", type=int)
def show_list(account_id: int) -> None:
    """Print the state and the networks."""
    stored = _load(account_id)
    click.echo("active" if stored.active else "inactive")
    for entry in stored.entries:
        click.echo(f"{entry.network}\t{entry.comment}")


@allowlist.command("check")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.argument("address")
def check(account_id: int, address: str) -> None:
    """Print whether the address would be let in, and by which networks; exit 1 when it would not."""
    stored = _load(account_id)
    try:
        asked = parse_address(address.strip())
    except AddressError:
        raise click.ClickException(f"{address!r} is not an IP address.") from None
    by = ", ".join(entry.network.text for entry in stored.covering(asked))
    if not stored.lets_in(asked):
        click.echo(f"{asked}: not let in, no network on the list contains it")
        raise SystemExit(1)
    click.echo(f"{asked}: let in, " + (f"by {by}" if by else "no network contains it, but the list is inactive"))


@allowlist.command("deactivate")
@click.argument("account_id", metavar="ACCOUNT", type=int)
def deactivate(account_id: int) -> None:
    """Deactivate the list: the way back in for an account that nobody can enter. Recorded as the operator's."""
    _load(account_id)
    outcome = allowlists.changing(
        account_id, OPERATOR, "deactivate", lambda present: present.deactivate(), now=clock.now()
    )
    done = "deactivated" if outcome.event_id else "inactive already"
    click.echo(f"The IP allowlist of account {account_id} is {done}; its networks stay listed.")
