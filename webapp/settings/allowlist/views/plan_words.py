"""How a plan, and what came of it, is said in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from webapp.domain.allowlist import MAX_NETWORKS
from webapp.domain.plan import Plan
from webapp.domain.signed_in import Person
from webapp.storage.allowlists import Outcome


def does(plan: Plan) -> str:
    """Return what applying the plan does, as a button says it: Add 3, change 1 and remove 2 networks."""
    return _acts((("add", plan.counts["add"]), ("change", plan.counts["change"]), ("remove", plan.counts["remove"])))


def signs_out(people: Collection[Person]) -> str:
    """Return what it does to other people, behind the rest of a button's text."""
    if not people:
        return ""
    return f" and sign {next(iter(people)).name if len(people) == 1 else f'{len(people):,} people'} out"


def imported(outcome: Outcome) -> str:
    """Return what an import has done; what a way out of R6 has added besides is counted, too."""
    before, after = ({entry.network: entry.comment for entry in at.entries} for at in (outcome.before, outcome.after))
    changed = sum(after.get(network, comment) != comment for network, comment in before.items())
    return done(len(after.keys() - before.keys()), changed, len(before.keys() - after))


def done(added: int, changed: int, removed: int) -> str:
    """Return what was done to so many networks, as a sentence."""
    acts = (("added", added), ("changed", changed), ("removed", removed))
    return f"{_acts(acts)}." if added or changed or removed else "There was nothing to change."


def summary(plan: Plan) -> str:
    """Return how many lines are what, as a sentence."""
    counts = plan.counts
    parts = (
        (counts["add"], "to add"),
        (counts["change"], "to change"),
        (counts["remove"], "to remove"),
        (counts["keep"], "unchanged"),
        (counts["repeat"], "repeated"),
        (counts["error"], "left out" if plan.leaves_out_errors else "in error"),
    )
    return ", ".join(f"{number:,} {text}" for number, text in parts if number) + "."


def too_many(plan: Plan | None = None) -> str:
    """Return that the list would hold more than it may, and the way out."""
    size = f"{len(plan.result.entries):,}" if plan else f"more than {MAX_NETWORKS:,}"
    return f"The list would have {size} networks; {MAX_NETWORKS:,} is the most. Leave some out, or delete some first."


def _acts(acts: Iterable[tuple[str, int]]) -> str:
    done = [(verb, number) for verb, number in acts if number]
    if not done:
        return ""
    *others, last = [f"{verb} {number:,}" for verb, number in done]
    text = f"{', '.join(others)} and {last}" if others else last
    return f"{text[0].upper()}{text[1:]} network{'' if done[-1][1] == 1 else 's'}"
