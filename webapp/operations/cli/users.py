"""`flask user …`: users and their memberships."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import click
from email_validator import EmailNotValidError, validate_email

from webapp.domain.email_address import canonical_email
from webapp.domain.password import problem
from webapp.guard.portal_session import limits
from webapp.identity.passwords import hash_password
from webapp.operations.cli.group import Commands, load, of_account, require_account, text_of
from webapp.operations.cli.printing import as_json, print_list, print_one, require_yes, yes_option
from webapp.runtime import clock
from webapp.storage import directory, people, sign_ins

group = Commands("user", help="Users and their memberships.")


@group.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--account", "account_id", type=int, required=True)
@click.option("--role", type=click.Choice(["owner", "member"]), required=True)
def create_user(email: str, name: str, account_id: int, role: str) -> None:
    """Create a user with a membership; an e-mail that exists gets a further membership."""
    load(account_id)
    full_name = text_of(name, "The name")
    address, is_known = _email(email.strip())
    password_hash = "" if is_known else hash_password(_new_password(address, full_name))
    joined = people.create_user(account_id, address, full_name, password_hash, role, clock.now())
    if not joined.is_new:
        raise click.ClickException(f"{address} is in account {account_id} already.")
    done = f"{address} is {role} of account {account_id}."
    stays = "" if joined.kept_name is None else f" {_what_stays(joined.kept_name, full_name)}"
    click.echo(done + stays, err=True)


def _email(typed: str) -> tuple[str, bool]:
    """Return the address, and whether a user has it: one who was created with an odd address keeps it."""
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


@group.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Sign the user out everywhere, and refuse sign-in like a wrong password. Recorded as the operator's."""
    ended = _set_disabled(email, disabled=True)
    click.echo(f"{canonical_email(email)} is disabled; portal sessions ended: {ended}.", err=True)


@group.command("enable")
@click.argument("email")
def enable_user(email: str) -> None:
    """Let a disabled user sign in again, with the password of before. Recorded as the operator's."""
    _set_disabled(email, disabled=False)
    click.echo(f"{canonical_email(email)} is enabled.", err=True)


@group.command("list")
@click.option("--account", "account_id", type=int, required=True)
@as_json
def list_users(account_id: int, json_wanted: bool) -> None:
    """Print an account's people: id, e-mail, name, account, role, disabled, last sign-in, live sessions."""
    of_account(account_id, require_account)
    print_list(directory.users(account_id, limits(), clock.now()), json_wanted)


@group.command("show")
@click.argument("email")
@as_json
def show_user(email: str, json_wanted: bool) -> None:
    """Print what there is of a user, and of each account: role, last sign-in, live sessions."""
    found = directory.user(email, limits(), clock.now())
    if found is None:
        raise click.ClickException(f"There is no user {email!r}.")
    print_one(found, json_wanted)


@group.command("set-role")
@click.argument("email")
@click.option("--account", "account_id", type=int, required=True)
@click.option("--role", type=click.Choice(["owner", "member"]), required=True)
@yes_option
def set_role(email: str, account_id: int, role: str, yes: bool) -> None:
    """Give a user of the account another role. Recorded as the operator's."""
    del yes  # Nothing goes that the same command does not bring back.
    of_account(account_id, require_account)
    with _clear(email, account_id):
        is_other = people.set_role(account_id, email, role, clock.now())
    click.echo(f"{canonical_email(email)} is {role} of account {account_id}{'' if is_other else ' already'}.", err=True)


@group.command("remove")
@click.argument("email")
@click.option("--account", "account_id", type=int, required=True)
@yes_option
def remove_user(email: str, account_id: int, yes: bool) -> None:
    """End the user's membership of the account, their sessions there, and the API tokens that act for them.

    Recorded as the operator's.
    """
    of_account(account_id, require_account)
    require_yes(yes, f"removes {email!r} from account {account_id}")
    with _clear(email, account_id):
        gone = people.remove(account_id, email, clock.now())
    revoked = f", API tokens revoked: {gone.tokens}" if gone.tokens else ""
    done = f"{canonical_email(email)} is removed from account {account_id}"
    click.echo(f"{done}; portal sessions ended: {gone.sessions}{revoked}.", err=True)


@group.command("set-password")
@click.argument("email")
@yes_option
def set_password(email: str, yes: bool) -> None:
    """Give the user another password, and sign them out everywhere. Recorded as the operator's."""
    del yes  # The sessions that end are begun again with the new password.
    found = sign_ins.find_user(email) if email.isprintable() else None
    if found is None:
        raise click.ClickException(f"There is no user {email!r}.")
    password_hash = hash_password(_new_password(canonical_email(email), found.name))
    ended = people.set_password(email, password_hash, clock.now())
    click.echo(f"{canonical_email(email)} has another password; portal sessions ended: {ended}.", err=True)


@group.command("end-sessions")
@click.argument("email")
@yes_option
def end_sessions(email: str, yes: bool) -> None:
    """Sign the user out everywhere; they may sign in again. Recorded as the operator's."""
    del yes
    with _clear(email):
        ended = people.end_sessions(email, clock.now())
    click.echo(f"{canonical_email(email)} is signed out; portal sessions ended: {ended}.", err=True)


def _set_disabled(email: str, *, disabled: bool) -> int:
    """Disable or enable the user, and return how many portal sessions ended."""
    with _clear(email):
        return people.set_disabled(email, disabled=disabled, now=clock.now())


@contextmanager
def _clear(email: str, account_id: int = 0) -> Iterator[None]:
    """Say in one line why nothing was done."""
    try:
        yield
    except people.NoUser:
        raise click.ClickException(f"There is no user {email!r}.") from None
    except people.NoMember:
        raise click.ClickException(f"{email!r} is not in account {account_id}.") from None
    except people.LastOwner as last:
        raise click.ClickException(
            f"Nothing is changed: {canonical_email(email)} is the last owner of account {last} who may sign in. "
            f"First make somebody else one: user set-role EMAIL --account {last} --role owner."
        ) from None


def _old_name(command: click.Command, name: str) -> None:
    """Let the command be called by the name that it had before, which help no longer shows."""
    old = copy(command)
    old.hidden = True
    group.add_command(old, name)


_old_name(set_role, "role")
_old_name(set_password, "password")
