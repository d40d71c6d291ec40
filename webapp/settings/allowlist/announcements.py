"""What the section says: of a change that was made, of a page that was turned, of a check."""

from __future__ import annotations

from markupsafe import Markup

from webapp.domain import notes
from webapp.domain.allowlist import Allowlist, Entry
from webapp.guard.client_address import current_address, trusted_networks
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.check import Check
from webapp.settings.allowlist.views.section import PER_PAGE, Section
from webapp.storage.allowlists import Outcome
from webapp.web.filters import span


def added(entry: Entry, outcome: Outcome) -> str:
    """Return what to say of an added network: with what is worth knowing about it, never as an obstacle."""
    return " ".join([f"Added {entry.network}. {count(outcome.after)}.", *remarks(entry, outcome)])


def added_all(outcome: Outcome) -> str:
    """Return what to say of all networks that were offered: some may have been listed meanwhile."""
    if not outcome.added:
        return "They are on the list already."
    return f"Added {count_of(len(outcome.added))}. The list has {count(outcome.after)}."


def saved(entry: Entry, outcome: Outcome, typed: SubmittedForm) -> str:
    """Return what to say of an edited network: with what is worth knowing about it, where it is another one now."""
    text = settled(outcome, f"Saved {entry.network}.", typed)
    is_new = entry.network not in (old.network for old in outcome.before.entries)
    return " ".join([text, *remarks(entry, outcome)]) if is_new else text


def deleted(entry: Entry) -> str:
    """Return what to say of a deleted network: with its comment, by which people know it."""
    return f"Deleted {entry.network} ({entry.comment})." if entry.comment else f"Deleted {entry.network}."


def remarks(entry: Entry, outcome: Outcome) -> list[str]:
    """Return what is worth knowing about a network that the change has listed, as sentences."""
    others = (other.network for other in outcome.after.entries if other.network != entry.network)
    return notes.remarks(entry.network, others, current_address(), trusted_networks())


def added_current(outcome: Outcome) -> str:
    """Return what came of the wish to add the current address beside another change (R5a)."""
    if outcome.added:
        return " ".join([f"Added {outcome.added[0].network}.", *remarks(outcome.added[0], outcome)])
    if outcome.after.covers(current_address()):
        return listed_already()
    return f"{current_address()} was not added: nothing is restricted while the list is inactive."


def listed_already() -> str:
    """Return that there was no need to add the current address."""
    return f"Your address {current_address()} is already on the list."


def settled(outcome: Outcome, text: str, typed: SubmittedForm, *, of_many: bool = False) -> str:
    """Return what was done, with what came of the chosen way out of R6.

    `of_many`: the text itself says how many networks, so the size of the list needs its own words.
    """
    if typed["then"] == "add_current":
        text = f"{text} {added_current(outcome)}"
    if typed["then"] == "deactivate" and outcome.after.active:
        text = f"{text} The list stays active: it contains your address {current_address()}."
    if outcome.before.active and not outcome.after.active:
        return f"{text} The IP allowlist is inactive now: people can sign in from any address."
    if len(outcome.before.entries) == len(outcome.after.entries):
        return text
    has = "The list has " if of_many and outcome.after.entries else ""
    return f"{text} {has}{count(outcome.after)}."


def stays_inactive(outcome: Outcome) -> str:
    """Return, behind what was undone of a change that deactivated the list, that it is not in effect again (R16)."""
    return "" if outcome.before.active or outcome.after.active else " The list stays inactive."


def activated(leaving: int) -> str:
    """Return what was done, with how many people it signs out."""
    people = {0: "Nobody else is", 1: "1 other person is"}.get(leaving, f"{leaving:,} other people are")
    follows = " An open page follows within 15 seconds." if leaving else ""
    return f"The IP allowlist is active. {people} being signed out.{follows}"


def already_done(present: Allowlist) -> str:
    """Return what to say of a change of state that was made before."""
    return f"Already done. The IP allowlist is {'active' if present.active else 'inactive'} now."


def turned_to(section: Section) -> str:
    """Return which page of the networks is shown now."""
    first = (section.page - 1) * PER_PAGE + 1
    return f"Networks {first:,} to {first + len(section.shown) - 1:,} of {len(section.found):,}."


def checked(check: Check, *, active: bool) -> str:
    """Return the answer to an address that was checked, or to a reference."""
    said = Markup()
    if check.attempts is not None:
        place, when = check.address or "an address that can’t be determined", check.attempts
        times = f"{when.count} times " if when.count > 1 else ""
        moment = span(when.first_at, when.last_at)
        said = Markup("{} was blocked {}at {}, {}. ").format(when.name, times, place, moment)
    if check.address is None:
        return said.strip()
    return said + _verdict(check, active=active)


def _verdict(check: Check, *, active: bool) -> str:
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
