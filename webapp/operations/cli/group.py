"""A group of commands, each of which fails with one clear line; and what commands ask of their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from alembic.util import CommandError
from click.exceptions import NoArgsIsHelpError
from flask.cli import AppGroup

from webapp.domain.allowlist import Allowlist
from webapp.storage import Unavailable, accounts, allowlists
from webapp.storage.allowlists import ListUnreadable, NoAccount
from webapp.storage.engine import failures

MAX_ID = 2**31
T = TypeVar("T")


class _Clear(click.Command):
    """What a command that fails says: one line, of what was typed, or of the database."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was typed."""
        for word in args:
            if any(one == "\0" or "\ud800" <= one <= "\udfff" for one in word):  # bytes that are no UTF-8
                raise click.ClickException(f"{word!r} is no text, and the name of nothing.")
        try:
            return super().parse_args(ctx, args)
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise click.ClickException(" ".join(error.format_message().split())) from None

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
            raise click.ClickException(f"The list cannot be read: {error}. {hint}.") from None
        except Unavailable as error:
            raise click.ClickException(f"The list cannot be read or changed now: {error}.") from None
        except failures.DatabaseError as error:
            raise click.ClickException(failures.describe(error)) from None


class Commands(_Clear, AppGroup):
    """A group whose commands say in one line what is wrong."""


class OneCommand(_Clear):
    """A command of no group that says in one line what is wrong."""


def load(account_id: int) -> Allowlist:
    """Return the account's list.

    Raises:
        click.ClickException: there is no such account.
    """
    return of_account(account_id, allowlists.load)


def of_account(account_id: int, read: Callable[[int], T]) -> T:
    """Return what `read` returns for the account.

    Raises:
        click.ClickException: there is no such account.
    """
    try:
        if not 0 < account_id < MAX_ID:
            raise NoAccount
        return read(account_id)
    except NoAccount:
        raise click.ClickException(f"There is no account {account_id}.") from None


def require_account(account_id: int) -> None:
    """Refuse what is no account; its list need not be readable.

    Raises:
        NoAccount: there is none.
    """
    if accounts.find(account_id) is None:
        raise NoAccount


def text_of(value: str, what: str) -> str:
    """Return a name without blanks around it; `what` it is, for the error.

    Raises:
        click.ClickException: it is empty, too long or not printable.
    """
    text = value.strip()
    if not text or len(text) > 120 or not text.isprintable():
        raise click.ClickException(f"{what} must have 1 to 120 printable characters.")
    return text
