"""`flask history`: what was done in an account, and who signed in (R15)."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from webapp.domain.history_lines import values
from webapp.domain.history_query import HistoryQuery, QueryErrors, read
from webapp.operations.cli.group import OneCommand, load
from webapp.operations.cli.printing import escaped
from webapp.storage import history_pages
from webapp.storage.history_pages import Told

MOST = 1_000


@click.command("history", cls=OneCommand)
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.option("--view", type=click.Choice(["changes", "access"]), help="changes, unless access is asked for.")
@click.option("--who", help="A user's id, or operator.")
@click.option("--what", help="A kind, as it is printed, or a group: networks, state, people, tokens, sessions.")
@click.option("--network", help="About networks inside it, or around it.")
@click.option("--from", metavar="YYYY-MM-DD", help="The first day, in UTC.")
@click.option("--to", metavar="YYYY-MM-DD", help="The last day, in UTC.")
@click.option("--page", help="Go on there, as the page before has said.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print all facts, as the API tells them.")
@with_appcontext
def command(account_id: int, limit: int, as_json: bool, **typed: str | None) -> None:
    """Print an account's history, the latest first, one event a line."""
    load(account_id)
    query = _query({name: text for name, text in typed.items() if text is not None})
    found = history_pages.told(account_id, query, limit)
    if as_json:
        following = found.next.text if found.next else None
        click.echo(json.dumps({"view": query.view, "events": found.facts, "next": following}, indent=2))
    else:
        _print(query.view, found)


def _query(typed: dict[str, str]) -> HistoryQuery:
    try:
        return read(typed)
    except QueryErrors as wrong:
        said = " ".join(f"--{name}: {sentence}" for name, sentence in wrong.messages.items())
        raise click.ClickException(escaped(said)) from None


def _print(view: str, found: Told) -> None:
    for facts in found.facts:
        click.echo("\t".join(escaped(value) for value in values(view, facts)))
    if not found.facts:
        click.echo("There is none.", err=True)
    if found.next:
        click.echo(f"There is more: --page {found.next.text}", err=True)
