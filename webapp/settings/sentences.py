"""What is said of a change that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.notes import NOTE_TEXT, notes
from webapp.settings.section import PER_PAGE, Section
from webapp.storage.allowlists import Outcome
from webapp.words import span

if TYPE_CHECKING:
    from webapp.settings.check import Check


def added(entry: Entry, outcome: Outcome) -> str:
    """Return what to say of an added network: with what is worth knowing about it, never as an obstacle."""
    sentences = [f"Added {entry.network}. {count(outcome.after)}."]
    covering = [other for other in outcome.before.entries if other.network.contains_network(entry.network)]
    sentences += [NOTE_TEXT["already_covered"]] if covering else []
    sentences += [NOTE_TEXT[code] for code in notes(entry.network)]
    return " ".join(sentences)


def settled(outcome: Outcome, text: str) -> str:
    """Return what was done, with what the way out of R6 did besides."""
    if outcome.before.active and not outcome.after.active:
        return f"{text} The IP allowlist is inactive now: people can sign in from any address."
    if len(outcome.before.entries) == len(outcome.after.entries):
        return text
    return f"{text} {count(outcome.after)}."


def activated(leaving: int) -> str:
    """Return what was done, with how many people it signs out."""
    people = {0: "Nobody else is", 1: "1 other is"}.get(leaving, f"{leaving} others are")
    return f"The IP allowlist is active. {people} being signed out."


def done_before(present: Allowlist) -> str:
    """Return what to say of a change of state that was made before."""
    return f"Already done. The IP allowlist is {'active' if present.active else 'inactive'} now."


def looked_up(section: Section, *, turned: bool) -> str:
    """Return what a search has found, or which page of it is shown now."""
    total = len(section.found)
    if turned:
        first = (section.page - 1) * PER_PAGE + 1
        return f"Networks {first:,} to {first + len(section.shown) - 1:,} of {total:,}."
    text = f" “{section.query.q}”" if section.query.q else ""
    return f"{total:,} of {len(section.allowlist.entries):,} networks match{text}."


def checked(check: Check, *, active: bool) -> str:
    """Return the answer to an address that was checked, or to a reference."""
    if check.attempts is not None:
        return f"{check.attempts.name} was blocked {span(check.attempts.first_at, check.attempts.last_at)}."
    if check.address is None:
        return ""
    by = f"{count_of(len(check.covering))} contain{'' if len(check.covering) > 1 else 's'} {check.address}."
    if check.covering:
        return f"Let in. {by}" if active else f"Let in, active or not. {by}"
    if active:
        return f"Not let in. {by}"
    return f"Let in now, because the list is inactive. {by}"


def count_of(networks: int) -> str:
    """Return so many networks in words."""
    return {0: "No network", 1: "1 network"}.get(networks, f"{networks:,} networks")


def count(stored: Allowlist) -> str:
    """Return how many networks the list has, in words for people."""
    return count_of(len(stored.entries)) if stored.entries else "The list is empty"
