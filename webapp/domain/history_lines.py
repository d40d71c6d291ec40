"""History as files and commands write it: a line an event, or a sign-in (R15, R17)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from webapp.domain.account_acts import account_act
from webapp.domain.acts import Act, acts
from webapp.domain.export import formula_safe

Facts = Mapping[str, Any]
"""An event or a sign-in, as a program is told it."""

EVENT_COLUMNS = ("at", "who", "door", "address", "kind", "done")
STATE_COLUMNS = ("networks_before", "networks_after", "active_before", "active_after")
ACCESS_COLUMNS = ("at", "who", "kind", "address", "count", "last_at")
_SIDES = ("before", "after")


def done(kind: str, before: Facts, after: Facts) -> tuple[str, ...]:
    """Return what an event did, in words that stand behind who did it: to the list, or to whom else."""
    return tuple(_words(act) for act in acts(kind, before, after)) or (account_act(kind, before, after),)


def _words(act: Act) -> str:
    comment = f" ({act.comment})" if act.comment else ""
    return f"{act.verb} {act.network}".rstrip() + comment + (f" to {act.to}" if act.to else "") + act.of_comment


def columns(view: str) -> tuple[str, ...]:
    """Return the names of a line's values."""
    return ACCESS_COLUMNS if view == "access" else (*EVENT_COLUMNS, *STATE_COLUMNS, "event")


def values(view: str, facts: Facts) -> list[str]:
    """Return a line's values as text."""
    if view == "access":
        return [_plain(facts[name]) for name in ACCESS_COLUMNS]
    states = [" ".join(one["network"] for one in facts[side].get("networks", ())) for side in _SIDES]
    active = [_state(facts[side].get("active")) for side in _SIDES]
    known = dict(facts, done="; ".join(facts["done"]))
    return [*(_plain(known[name]) for name in EVENT_COLUMNS), *states, *active, _plain(facts["id"])]


def _state(active: bool | None) -> str:
    return "" if active is None else "active" if active else "inactive"


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def csv_lines(lines: Iterable[Iterable[str]]) -> str:
    """Return the lines as RFC 4180 has them. A text that a spreadsheet could take for a formula begins with `'`."""
    file = io.StringIO()
    csv.writer(file).writerows([formula_safe(value) for value in line] for line in lines)
    return file.getvalue()
