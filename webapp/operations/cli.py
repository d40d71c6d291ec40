"""Operators' commands. Each fails with one clear line and a non-zero exit."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TypeVar, cast

import click
from alembic.util import CommandError
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from webapp.domain.address import AddressError, parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.email_address import canonical_email
from webapp.domain.password import problem
from webapp.identity.passwords import hash_password
from webapp.runtime import clock
from webapp.storage import Unavailable, allowlists, operators, repairs, sign_ins
from webapp.storage.allowlists import ListUnreadable, NoAccount
from webapp.storage.engine import failures
from webapp.storage.events import OPERATOR

MAX_ID = 2**31
T = TypeVar("T")


class Commands(AppGroup):
    """A group whose commands say in one line what is wrong: with what was typed, or with the database."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise click.ClickException(" ".join(error.format_message().split())) from None
        except CommandError as error:
            raise click.ClickException(f"Nothing is migrated: {error}.") from None
        except ListUnreadable as error:
            hint = "`allowlist repair ACCOUNT` shows what is wrong with it"
            raise click.ClickException(f"The list can't be read: {error}. {hint}.") from None
        except Unavailable as error:
            raise click.ClickException(f"The list can't be read or changed now: {error}.") from None
        except failures.DatabaseError as error:
            raise click.ClickException(failures.describe(error)) from None


account = Commands("account", help="Accounts.")
user = Commands("user", help="Users and their memberships.")
api_token = Commands("api-token", help="Tokens of the public API.")
portal_session = Commands("session", help="Portal sessions.")
allowlist = Commands("allowlist", help="An account's IP allowlist; deactivate is the way back in.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    for group in (account, user, api_token, portal_session, allowlist, _migrations(app)):
        app.cli.add_command(group)


def _migrations(app: Flask) -> Commands:
    """Return Flask-Alembic's group, failing as the others do."""
    theirs = cast(click.Group, app.cli.commands["db"])
    callback = with_appcontext(cast(Callable[[], None], theirs.callback))
    return Commands("db", commands=theirs.commands, callback=callback, help=theirs.help)


def _load(account_id: int) -> Allowlist:
    return _of_account(account_id, allowlists.load)


def _of_account(account_id: int, read: Callable[[int], T]) -> T:
    try:
        if not 0 < account_id < MAX_ID:
            raise NoAccount
        return read(account_id)
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
    click.echo(operators.create_account(_text(name, "The name"), clock.now()))


@user.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--account", "account_id", type=int, required=True)
@click.option("--role", type=click.Choice(["owner", "member"]), required=True)
def create_user(email: str, name: str, account_id: int, role: str) -> None:
    """Create a user with a membership; an e-mail that exists gets a further membership."""
    _load(account_id)
    full_name = _text(name, "The name")
    address, is_known = _email(email.strip())
    password_hash = "" if is_known else hash_password(_new_password(address, full_name))
    joined = operators.create_user(account_id, address, full_name, password_hash, role, clock.now())
    if not joined.is_new:
        raise click.ClickException(f"{address} is in account {account_id} already.")
    done = f"{address} is {role} of account {account_id}."
    stays = "" if joined.kept_name is None else f" {_what_stays(joined.kept_name, full_name)}"
    click.echo(done + stays, err=True)


def _email(typed: str) -> tuple[str, bool]:
    """Return the address, and whether a user has it: whoever was created with an odd one keeps it."""
    if typed.isprintable() and sign_ins.find_user(typed):
        return canonical_email(typed), True
    try:
        validate_email(typed, strict=True, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise click.ClickException(f"{typed!r} is not an e-mail address. {error}") from None
    return canonical_email(typed), False


def _what_stays(kept_name: str, name: str) -> str:
    given = {"--name": name != kept_name, "PORTAL_USER_PASSWORD": bool(os.environ.get("PORTAL_USER_PASSWORD"))}
    unused = " and ".join(what for what, is_given in given.items() if is_given)
    stays = f"The user was there before: the name “{kept_name}” and the password stay"
    return f"{stays}; {unused} not used." if unused else f"{stays}."


def _new_password(address: str, name: str) -> str:
    password = os.environ.get("PORTAL_USER_PASSWORD", "")
    if not password and not sys.stdin.isatty():
        raise click.ClickException("There is nobody to ask for the password: set PORTAL_USER_PASSWORD.")
    password = password or str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    if wrong := problem(password, address, address.partition("@")[0], name):
        raise click.ClickException(f"The password {wrong}.")
    return password


@user.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Sign the user out everywhere, and refuse sign-in like a wrong password. Recorded as the operator's."""
    ended = _set_disabled(email, disabled=True)
    click.echo(f"{canonical_email(email)} is disabled; portal sessions ended: {ended}.", err=True)


@user.command("enable")
@click.argument("email")
def enable_user(email: str) -> None:
    """Let a disabled user sign in again, with the password of before. Recorded as the operator's."""
    _set_disabled(email, disabled=False)
    click.echo(f"{canonical_email(email)} is enabled.", err=True)


def _set_disabled(email: str, *, disabled: bool) -> int:
    """Disable or enable the user, and return how many portal sessions ended."""
    try:
        return operators.set_disabled(email, disabled=disabled, now=clock.now())
    except operators.NoUser:
        raise click.ClickException(f"There is no user {email!r}.") from None


@api_token.command("create")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
def create_token(account_id: int, name: str) -> None:
    """Create an API token and print it, once, on the last line."""
    _load(account_id)
    token = operators.create_token(account_id, _text(name, "The name"), clock.now())
    click.echo("The token is shown only now:", err=True)
    click.echo(token)


@portal_session.command("end-all")
def end_all_sessions() -> None:
    """End every portal session of every account: a restored backup may hold those of people who have signed out."""
    click.echo(f"Portal sessions ended: {operators.end_all_sessions()}. Everybody has to sign in again.")


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
    if not stored.admits(asked):
        click.echo(f"{asked}: not let in, no network on the list contains it")
        raise SystemExit(1)
    click.echo(f"{asked}: let in, " + (f"by {by}" if by else "no network contains it, but the list is inactive"))


@allowlist.command("deactivate")
@click.argument("account_id", metavar="ACCOUNT", type=int)
def deactivate(account_id: int) -> None:
    """Deactivate the list: the way back in for an account that nobody can enter. Recorded as the operator's."""
    _load(account_id)
    outcome = allowlists.changing(
        account_id, OPERATOR, "deactivate", lambda present: present.deactivate(), now=clock.now
    )
    done = "deactivated" if outcome.event_id else "inactive already"
    click.echo(f"The IP allowlist of account {account_id} is {done}; its networks stay listed.")


@allowlist.command("repair")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.option("--delete", is_flag=True, help="Delete what cannot be read. Recorded as the operator's.")
@click.option("--deactivate", is_flag=True, help="With --delete: deactivate a list that would be left empty.")
def repair(account_id: int, delete: bool, deactivate: bool) -> None:
    """Show the networks that cannot be read; while an active list has one, nobody of the account is let in."""
    found = _of_account(account_id, repairs.unreadable)
    for row in found:
        click.echo(f"{row.id}\t{row.network!r}\t{row.comment!r}")
    if not found:
        click.echo(f"The IP allowlist of account {account_id} can be read: there is nothing to repair.")
    elif not delete:
        raise click.ClickException("These can't be read. Delete them with --delete, then add what was meant.")
    else:
        _delete_unreadable(account_id, deactivate)


def _delete_unreadable(account_id: int, deactivate: bool) -> None:
    try:
        gone, active = repairs.repair(account_id, OPERATOR, deactivate=deactivate, now=clock.now())
    except repairs.WouldBeEmpty:
        raise click.ClickException(
            "Nothing is deleted: no network would be left on the active list. Add --deactivate if it is to be inactive."
        ) from None
    state = "active" if active else "inactive"
    click.echo(f"{len(gone)} deleted; the IP allowlist of account {account_id} is {state} and can be read.")
