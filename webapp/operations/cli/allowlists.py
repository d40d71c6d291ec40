"""`flask allowlist …`: an account's list, to show, check, deactivate and repair."""

from __future__ import annotations

import click

from webapp.domain.address import AddressError, parse_address
from webapp.operations.cli.group import Commands, load, of_account
from webapp.runtime import clock
from webapp.storage import allowlists, repairs
from webapp.storage.events import OPERATOR

group = Commands("allowlist", help="An account's IP allowlist; deactivate is the way back in.")


@group.command("show")
@click.argument("account_id", metavar="ACCOUNT", type=int)
def show_list(account_id: int) -> None:
    """Print the state and the networks."""
    stored = load(account_id)
    click.echo("active" if stored.active else "inactive")
    for entry in stored.entries:
        click.echo(f"{entry.network}\t{entry.comment}")


@group.command("check")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.argument("address")
def check(account_id: int, address: str) -> None:
    """Print whether the address would be let in, and by which networks; exit 1 when it would not."""
    stored = load(account_id)
    try:
        asked = parse_address(address.strip())
    except AddressError:
        raise click.ClickException(f"{address!r} is not an IP address.") from None
    by = ", ".join(entry.network.text for entry in stored.covering(asked))
    if not stored.admits(asked):
        click.echo(f"{asked}: not let in, no network on the list contains it")
        raise SystemExit(1)
    click.echo(f"{asked}: let in, " + (f"by {by}" if by else "no network contains it, but the list is inactive"))


@group.command("deactivate")
@click.argument("account_id", metavar="ACCOUNT", type=int)
def deactivate(account_id: int) -> None:
    """Deactivate the list: the way back in for an account that nobody can enter. Recorded as the operator's."""
    load(account_id)
    outcome = allowlists.changing(
        account_id, OPERATOR, "deactivate", lambda present: present.deactivate(), now=clock.now
    )
    done = "deactivated" if outcome.event_id else "inactive already"
    click.echo(f"The IP allowlist of account {account_id} is {done}; its networks stay listed.")


@group.command("repair")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.option("--delete", is_flag=True, help="Delete what cannot be read. Recorded as the operator's.")
@click.option("--deactivate", is_flag=True, help="With --delete: deactivate a list that would be left empty.")
def repair(account_id: int, delete: bool, deactivate: bool) -> None:
    """Show the networks that cannot be read; while an active list has one, nobody of the account is let in."""
    found = of_account(account_id, repairs.unreadable)
    for row in found:
        click.echo(f"{row.id}\t{row.network!r}\t{row.comment!r}")
    if not found:
        click.echo(f"The IP allowlist of account {account_id} can be read: there is nothing to repair.")
    elif not delete:
        raise click.ClickException("These cannot be read. Delete them with --delete, then add what was meant.")
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
