"""`flask throttle clear`: let a person, or an office, that locked itself out try to sign in again."""

from __future__ import annotations

import click

from webapp.domain.address import AddressError, parse_address
from webapp.domain.email_address import canonical_email
from webapp.operations.cli.group import Commands
from webapp.operations.cli.printing import yes_option
from webapp.runtime import clock
from webapp.storage import operators, people

group = Commands("throttle", help="Failed sign-ins, which are counted.")


@group.command("clear")
@click.argument("who", metavar="EMAIL|ADDRESS")
@yes_option
def clear(who: str, yes: bool) -> None:
    """Forget the failed sign-ins of a user, or of everybody at an address; no list lets anybody in for it."""
    del yes  # What goes is in nobody's way.
    if "@" in who:
        count, whose = _of_user(who), canonical_email(who)
    else:
        count, whose = _of_address(who)
    click.echo(f"{whose} may try to sign in again; counters cleared: {count}.", err=True)


def _of_user(email: str) -> int:
    try:
        return people.clear_throttle(email, clock.now())
    except people.NoUser:
        raise click.ClickException(f"There is no user {email!r}.") from None


def _of_address(text: str) -> tuple[int, str]:
    try:
        address = parse_address(text.strip())
    except AddressError:
        raise click.ClickException(f"{text!r} is neither an e-mail address nor an IP address.") from None
    return operators.clear_throttle_of_client(address), address.text
