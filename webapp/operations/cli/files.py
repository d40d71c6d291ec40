"""`flask allowlist export`, `flask allowlist import`: a list as a file, out and in (R13, R17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import click

from webapp.domain.allowlist import MAX_NETWORKS, Allowlist, Full, Refused
from webapp.domain.applying import AddsWide, HasErrors, RemovesUnsure, Seen, applied
from webapp.domain.desired import Line
from webapp.domain.export import EXPORTS
from webapp.domain.leaving_out import LeavesNobodyIn, LeavesOwnersOut
from webapp.domain.plan import Kind, Mode, Plan, PlanLine, plan
from webapp.domain.reading.decoding import decode
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import MAX_BYTES, Unreadable
from webapp.operations.cli.allowlists import group
from webapp.operations.cli.group import load
from webapp.runtime import clock
from webapp.storage import allowlists
from webapp.storage.events import OPERATOR

MAX_SHOWN = 80  # characters of a line that is in error
COUNTED: dict[Kind, str] = {
    "add": "to add",
    "change": "to change",
    "remove": "to remove",
    "keep": "kept",
    "repeat": "repeated",
    "error": "in error",
}


class OnlyLookedAt(Exception):
    """The plan could be applied, and is not."""


@dataclass
class Import:
    """What is to be done with the lines of a file, and the plan that was made of it last."""

    lines: tuple[Line, ...]
    mode: Mode
    leave_out_errors: bool
    seen: Seen
    plan: Plan = field(init=False)

    def change(self, present: Allowlist) -> Allowlist:
        """Return the list as it should be."""
        self.plan = plan(present, self.lines, self.mode, leave_out_errors=self.leave_out_errors)
        return applied(self.plan, self.seen)


@group.command("export")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.option("--format", "name", type=click.Choice(list(EXPORTS)), default="csv", show_default=True)
def export(account_id: int, name: str) -> None:
    """Print the list as a file that `import` reads."""
    click.echo(EXPORTS[name](load(account_id)).encode(), nl=False)


@group.command("import")
@click.argument("account_id", metavar="ACCOUNT", type=int)
@click.argument("file", type=click.File("rb"))
@click.option("--mode", type=click.Choice(["add", "replace"]), default="add", show_default=True)
@click.option("--apply", "applies", is_flag=True, help="Change the list. Recorded as the operator's.")
@click.option("--skip-errors", is_flag=True, help="Leave out the lines that are in error.")
@click.option("--confirm-removals", is_flag=True, help="With lines left out: remove what they may have meant.")
@click.option("--confirm-wide", is_flag=True, help="Add very wide networks.")
@click.option("--acknowledge-lockout", is_flag=True, help="Go on where no owner would be let in.")
def import_file(
    account_id: int,
    file: BinaryIO,
    mode: Mode,
    applies: bool,
    skip_errors: bool,
    confirm_removals: bool,
    confirm_wide: bool,
    acknowledge_lockout: bool,
) -> None:
    """Print what the networks in FILE ("-": standard input) would change; with --apply, change it."""
    load(account_id)
    asked = Import(_lines_of(file, skip_errors), mode, skip_errors, Seen(None, None, confirm_removals, confirm_wide))
    try:
        said = _run(account_id, asked, applies=applies, acknowledge_lockout=acknowledge_lockout)
    except Refused as refusal:
        _show(asked.plan)
        raise click.ClickException(f"Nothing is changed: {_why(refusal, asked.plan)}") from None
    _show(asked.plan)
    click.echo(said)


def _run(account_id: int, asked: Import, *, applies: bool, acknowledge_lockout: bool) -> str:
    """Apply the plan, or see whether it could be applied; return what is to be said of it."""

    def look(_before: Allowlist, _after: Allowlist) -> None:
        if not applies:
            raise OnlyLookedAt

    try:
        outcome = allowlists.changing(
            account_id,
            OPERATOR,
            "import",
            asked.change,
            require_consent=look,
            acknowledge_lockout=acknowledge_lockout,
            now=clock.now,
        )
    except OnlyLookedAt:
        return "Nothing is changed yet: --apply does it."
    return "Done." if outcome.event_id else "The list is like that already: nothing is changed."


def _lines_of(file: BinaryIO, skip_errors: bool) -> tuple[Line, ...]:
    try:
        lines = read(decode(file.read(2 * MAX_BYTES + 3))).lines
    except Unreadable as error:
        raise click.ClickException(error.message) from None
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror}.") from None
    # A file that was cut off, or another one: with `replace` it would empty the list.
    if not any(line.network or not skip_errors for line in lines):
        raise click.ClickException("Nothing is changed: no network was found in this.")
    return lines


def _show(made: Plan) -> None:
    for line in made.lines:
        if line.kind != "keep":
            click.echo("\t".join(_parts(line)))
    counts = [f"{made.counts[kind]:,} {words}" for kind, words in COUNTED.items() if made.counts[kind]]
    click.echo(f"{', '.join(counts)}.")


def _parts(line: PlanLine) -> Iterator[str]:
    yield line.kind
    wanted, problem = line.wanted, line.problem
    if wanted and problem:
        meant = f" Meant: {' or '.join(problem.corrections)}?" if problem.corrections else ""
        yield f"line {wanted.number}"
        yield repr(wanted.text.strip()[:MAX_SHOWN])
        yield problem.message + meant
        return
    yield str(line.network)
    yield f"as in line {line.first}" if line.kind == "repeat" else line.comment


def _why(refusal: Refused, made: Plan) -> str:
    match refusal:
        case HasErrors(lines=lines):
            return f"{_so_many(len(lines), 'line is', 'lines are')} in error. Correct, or leave out with --skip-errors."
        case RemovesUnsure(networks=networks):
            removed = _so_many(len(networks), "network", "networks")
            return f"a line that is left out may mean one of {removed} to remove. Go on with --confirm-removals."
        case AddsWide(networks=networks):
            return f"{', '.join(map(str, networks))} would be very wide. Go on with --confirm-wide."
        case Full():
            return f"the list would have {made.too_many:,} more than the {MAX_NETWORKS:,} networks that it may hold."
        case LeavesOwnersOut():
            return (
                "no owner signed in during the last 30 days from where the active list would let in. "
                "Go on with --acknowledge-lockout."
            )
        case LeavesNobodyIn():
            return "the list is active and would be empty. First deactivate it with `allowlist deactivate ACCOUNT`."
    raise refusal


def _so_many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
