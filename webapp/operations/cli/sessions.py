"""`flask session …`: portal sessions."""

from __future__ import annotations

import click

from webapp.operations.cli.group import Commands
from webapp.runtime import clock
from webapp.storage import operators

group = Commands("session", help="Portal sessions.")


@group.command("end-all")
def end_all_sessions() -> None:
    """End every portal session of every account: a restored backup may hold those of people who have signed out."""
    click.echo(f"Portal sessions ended: {operators.end_all_sessions(clock.now())}. Everybody has to sign in again.")
