"""What a recorded change did to the list, as people say it: added, deleted, changed, activated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

MOST_TOLD = 3  # a change that did more is not told one by one


class Act(NamedTuple):
    """One thing that a change did: a verb, and the network that it was done to; `to` is what that was changed to."""

    verb: str
    network: str = ""
    comment: str = ""
    to: str = ""


def acts(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Act, ...]:
    """Return what a change of that kind did, from the event's `before` and `after`.

    Nothing where that is too much, or where it cannot be told: a repair has deleted what cannot be read.
    """
    old, new = ({one["id"]: one for one in state.get("networks", ())} for state in (before, after))
    if len(old.keys() | new.keys()) > MOST_TOLD or "unreadable" in before:
        return ()
    deleted = [Act("deleted", one["network"], one["comment"]) for key, one in old.items() if key not in new]
    changed = [_changed(one, new[key]) for key, one in old.items() if key in new]
    verb = "restored" if kind == "restore" else "added"
    added = [Act(verb, one["network"], one["comment"]) for key, one in new.items() if key not in old]
    return (*deleted, *changed, *added, *_state(before.get("active"), after.get("active")))


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Act:
    if old["network"] == new["network"]:
        return Act("changed the comment of", new["network"])
    return Act("changed", old["network"], to=new["network"])


def _state(before: bool | None, after: bool | None) -> tuple[Act, ...]:
    if before is None or before == after:
        return ()
    return (Act("activated the list" if after else "deactivated the list"),)
