"""What commands print: facts as lines with tabs, or as JSON; and the question before something is taken away."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])


def as_json(command: F) -> F:
    """Give a command the option `--json`."""
    return click.option("--json", "json_wanted", is_flag=True, help="Print all facts as JSON.")(command)


def yes_option(command: F) -> F:
    """Give a command the option `--yes`."""
    return click.option("--yes", is_flag=True, help="Do it without asking.")(command)


def require_yes(yes: bool, what: str) -> None:
    """Ask on a terminal whether it is to be done.

    Raises:
        click.ClickException: the answer is no, or there is nobody to ask and no `--yes`.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.ClickException(f"Nothing is changed. --yes goes on and {what}.")
    if not click.confirm(f"This {what}. Go on?", err=True):
        raise click.ClickException("Nothing is changed.")


def print_list(rows: Iterable[Mapping[str, Any]], json_wanted: bool) -> None:
    """Print facts, one row a line, or all of them as JSON."""
    if json_wanted:
        click.echo(json.dumps(list(rows), indent=2))
        return
    for row in rows:
        click.echo("\t".join(escaped(_text(value)) for value in row.values()))


def print_one(facts: Mapping[str, Any], json_wanted: bool) -> None:
    """Print the facts of one thing, one a line, or all of them as JSON."""
    if json_wanted:
        click.echo(json.dumps(facts, indent=2))
        return
    for name, value in facts.items():
        for one in value if isinstance(value, list) else [value]:
            shown = "\t".join(_text(each) for each in one.values()) if isinstance(one, Mapping) else _text(one)
            click.echo(f"{name}\t{escaped(shown, but_tabs=True)}")


def escaped(text: str, *, but_tabs: bool = False) -> str:
    """Return the text without anything that a terminal would obey: controls, line ends, directions of writing."""
    kept = "\t" if but_tabs else ""
    return "".join(one if one.isprintable() or one == kept else one.encode("unicode_escape").decode() for one in text)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else str(value)
