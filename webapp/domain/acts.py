"""What a recorded change did to the list, as people say it: added, deleted, changed, activated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from webapp.domain.comment import MAX_COMMENT

MOST_TOLD = 3  # networks; a change of more is told by how many


class Act(NamedTuple):
    """One thing that a change did: a verb, and the network that it was done to; `to` is what that was changed to.

    Without a network the verb says it all: of many networks it counts them. `was` and `now`: a changed comment.
    """

    verb: str
    network: str = ""
    comment: str = ""
    to: str = ""
    was: str = ""
    now: str = ""

    @property
    def of_comment(self) -> str:
        """What the comment was changed from and to, to end a sentence; empty where it was not."""
        return (f" from “{self.was}”" if self.was else "") + (f" to “{self.now}”" if self.now else "")

    @property
    def of_comment_if_short(self) -> str:
        """The same, unless both together are longer than one comment may be: then the event's own page tells them."""
        return self.of_comment if len(self.was) + len(self.now) <= MAX_COMMENT else ""


def acts(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Act, ...]:
    """Return what a change of that kind did, from the event's `before` and `after`.

    Nothing where it cannot be told: a repair has deleted what cannot be read.
    """
    if "unreadable" in before:
        return ()
    old, new = ({one["id"]: one for one in state.get("networks", ())} for state in (before, after))
    deleted = [Act("deleted", one["network"], one["comment"]) for key, one in old.items() if key not in new]
    changed = [_changed(one, new[key]) for key, one in old.items() if key in new]
    verb = "restored" if kind == "restore" else "added"
    added = [Act(verb, one["network"], one["comment"]) for key, one in new.items() if key not in old]
    told = [*deleted, *changed, *added]
    if len(told) > MOST_TOLD:
        told = [*_counted("deleted", deleted), *_counted("changed", changed), *_counted(verb, added)]
    back = [Act(f"brought back the list of event {after['as_of']}")] if "as_of" in after else []
    return (*back, *told, *_state(before.get("active"), after.get("active")))


def _counted(verb: str, done: Sequence[Act]) -> tuple[Act, ...]:
    if len(done) < 2:
        return tuple(done)
    return (Act(f"{verb} {len(done):,} networks"),)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Act:
    was, now = old["comment"], new["comment"]
    if old["network"] != new["network"]:
        return Act("changed", old["network"], to=new["network"])
    if not now:
        return Act("removed the comment of", new["network"], was)
    return Act("changed the comment of", new["network"], was=was, now=now)


def _state(before: bool | None, after: bool | None) -> tuple[Act, ...]:
    if before is None or before == after:
        return ()
    return (Act("activated the list" if after else "deactivated the list"),)
