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
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp.domain.address import AddressError, parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.email_address import canonical_email
from webapp.domain.password import problem
from webapp.domain.session_end import DISABLED
from webapp.identity.passwords import hash_password
from webapp.runtime import clock
from webapp.storage import (
    Unavailable,
    accounts,
    allowlists,
    api_tokens,
    events,
    repairs,
    sessions,
    sign_ins,
    write,
)
from webapp.storage.allowlists import ListUnreadable, NoAccount
from webapp.storage.engine import readiness
from webapp.storage.events import Actor
from webapp.storage.tombstones import EndReason

OPERATOR = Actor("operator")
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
        except DBAPIError as error:
            raise click.ClickException(_what_failed(error)) from None


def _what_failed(error: DBAPIError) -> str:
    reason = str(error.orig).strip().splitlines()[0]
    if readiness.lacks_tables(error):
        return f"Migrations are missing: {reason}. Run them: flask --app wsgi db upgrade"
    if error.statement is None or error.connection_invalidated:
        return f"The database can't be reached: {reason}"
    return f"The database can't be used now: {reason}"


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
    full_name = _text(name, "The name")
    address, is_known = _email(email.strip())
    password_hash = "" if is_known else hash_password(_new_password(address, full_name))

    def work(session: Session) -> tuple[bool, str | None]:
        found = accounts.find_user(session, address)
        kept = found.name if found else None
        user_id = found.id if found else accounts.create_user(session, address, full_name, password_hash, clock.now())
        has_joined = accounts.join(session, account_id, user_id, role)
        what = {"user": {"user_id": user_id, "email": address, "role": role}}
        if has_joined:
            events.note(session, account_id, "user_create", what, clock.now())
        return has_joined, kept

    has_joined, kept_name = write(work)
    if not has_joined:
        raise click.ClickException(f"{address} is in account {account_id} already.")
    done = f"{address} is {role} of account {account_id}."
    click.echo(done if kept_name is None else f"{done} {_what_stays(kept_name, full_name)}", err=True)


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
    """Disable or enable the user, and return how many portal sessions ended.

    Enabling ends what is left of a user who was disabled by SQL: it would come to life.
    """
    now, kind = clock.now(), "user_disable" if disabled else "user_enable"

    def work(session: Session) -> int:
        found = accounts.find_user(session, email) if email.isprintable() else None
        if found is None:
            raise click.ClickException(f"There is no user {email!r}.")
        is_new = accounts.set_disabled(session, found.id, disabled=disabled, now=now)
        if is_new:
            what = {"user": {"user_id": found.id, "email": found.email, "disabled": disabled}}
            events.note_everywhere(session, found.id, kind, what, now)
        return sessions.end_all_of(session, found.id, EndReason(DISABLED, now)) if is_new or disabled else 0

    return write(work)


@api_token.command("create")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--name", required=True)
def create_token(account_id: int, name: str) -> None:
    """Create an API token and print it, once, on the last line."""
    _load(account_id)
    text = _text(name, "The name")

    def work(session: Session) -> str:
        events.note(session, account_id, "api_token_create", {"api_token": {"name": text}}, clock.now())
        return api_tokens.create(session, account_id, text, clock.now())

    token = write(work)
    click.echo("The token is shown only now:", err=True)
    click.echo(token)


@portal_session.command("end-all")
def end_all_sessions() -> None:
    """End every portal session of every account: a restored backup may hold those of people who have signed out."""
    ended, after = _end_some("")
    while after:
        count, after = _end_some(after)
        ended += count
    click.echo(f"Portal sessions ended: {ended}. Everybody has to sign in again.")


def _end_some(after: str) -> tuple[int, str]:
    return write(lambda session: sessions.end_some(session, after))


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
