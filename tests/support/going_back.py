"""Going back after a long walk, and what must be true of what comes of it (R16)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.support.client import HISTORY
from tests.support.long_walk import KEPT, PEOPLE, LongWalk, covers, lets_in
from webapp.domain.allowlist import Allowlist, Entry, newest_first

FIELD = re.compile(r'name="(version|digest|preview|confirm_signouts)" value="([^"]*)"')
WHY = re.compile(r'data-(?:refused|error)="([^"]+)"')
MEDDLES, CONSENTS = 0.15, 0.8
FEW = 8  # events: what they concerned may not have changed since


class GoingBack:
    """One try to go back to the list after an event, or to undo the event, by an owner who is let in."""

    def __init__(self, walk: LongWalk, who: str, way: str) -> None:
        self.walk, self.who, self.way, self.address = walk, who, way, PEOPLE[who]
        self.event = walk.chance.choice(list(walk.was)[-(KEPT if way == "restore" else FEW) :])
        self.was_before, self.was = walk.was[self.event]
        self.then = walk.chance.choice(("", "add_current", "deactivate"))
        self.consents = walk.chance.random() < CONSENTS
        self.meddled = False

    def run(self) -> Iterator[str]:
        """Look at the plan, mostly apply it, and yield what is wrong with what came of it."""
        walk, url = self.walk, f"{HISTORY}/{self.event}/{self.way}"
        shown = walk.browsers[self.who].fetch(url)
        fields = {"confirm_wide": "1", "then": self.then} | dict(FIELD.findall(shown.text))
        if not self.consents:
            fields.pop("confirm_signouts", None)
        if walk.chance.random() < MEDDLES:
            revision = walk.present.revision
            walk.step()
            self.meddled = walk.present.revision != revision
        if not lets_in(walk.present, self.address):
            walk.seen["put out in between"] += 1
            return
        answer = walk.browsers[self.who].send(url, fields)
        before = walk.present
        walk.remember()
        whys, is_done = WHY.findall(answer.text), answer.status_code == 303
        walk.seen[f"{self.way}: {'done' if is_done else (whys or [str(answer.status_code)])[0]}"] += 1
        wrong = self.done(before) if is_done else self.refused(before, answer.status_code, whys)
        for what in wrong:
            yield f"{self.way} of {self.event} by {self.who}, then={self.then!r}: {what}"

    def refused(self, before: Allowlist, status: int, whys: list[str]) -> Iterator[str]:
        """Yield what is wrong with a refusal: it changes nothing, and says why truly."""
        if self.walk.present != before or self.walk.present.revision != before.revision:
            yield f"refused by {whys}, and changed {before} to {self.walk.present}"
        if status == 404 and self.way == "undo" and said_of(self.was_before) == said_of(self.was):
            return  # it changed no network
        if not whys or status not in {404, 409, 422}:
            yield f"refused by {status} without a reason"
        elif whys[0] not in self.reasons(before):
            yield f"refused by {whys[0]} although only {self.reasons(before)} could be"

    def reasons(self, before: Allowlist) -> set[str]:
        """Return why it may be refused."""
        found = {"stale"} if self.meddled else set()
        result = self.expected(before)
        if result is None:
            return found | {"stale", "duplicate"}
        if before.active and not covers_all(result, self.address) and self.then != "deactivate":
            found.add("leaves_you_out")
        return found if self.consents or not before.active else found | {"signs_out_others"}

    def expected(self, before: Allowlist) -> list[Entry] | None:
        """Return the networks that should be there but for the ways out; None: what is undone has changed since."""
        return list(self.was.entries) if self.way == "restore" else self.undone(before)

    def undone(self, before: Allowlist) -> list[Entry] | None:
        """Return what is left of a list without what the event did to it, by ids."""
        old, new, now = ({entry.id: entry for entry in one.entries} for one in (self.was_before, self.was, before))
        kept_in = self.walk.kinds[self.event] in {"delete", "edit"}
        added = [] if kept_in else [entry for key, entry in new.items() if key not in old]
        changed = [(old[key], entry) for key, entry in new.items() if key in old and said(old[key]) != said(entry)]
        removed = [entry for key, entry in old.items() if key not in new]
        for entry in [*added, *(one for _, one in changed)]:
            if entry.id not in now or said(now[entry.id]) != said(entry):
                return None
        left = now | {entry.id: was for was, entry in changed}
        for entry in added:
            del left[entry.id]
        networks = [entry.network for entry in [*left.values(), *removed]]
        return [*left.values(), *removed] if len(set(networks)) == len(networks) else None

    def done(self, before: Allowlist) -> Iterator[str]:
        """Yield what is wrong with what was done."""
        after, expected = self.walk.present, self.expected(before)
        if self.meddled or expected is None:
            yield "done, although it was another plan, or there was none"
            return
        leaves_out = before.active and not covers_all(expected, self.address)
        active, wanted = before.active, {said(entry) for entry in expected}
        if leaves_out and self.then == "deactivate":
            active = False
        elif leaves_out and self.then == "add_current":
            wanted.add((f"{self.address}/32", ""))
        elif leaves_out:
            yield "done, although it leaves its actor out"
        if (after.active, {said(entry) for entry in after.entries}) != (active, wanted):
            yield f"{before} became {after} instead of {wanted}"
        if not lets_in(after, self.address):
            yield f"{self.address} is left out by {after}"
        yield from self.facts(before, {entry.network.text: entry for entry in expected})

    def facts(self, before: Allowlist, expected: dict[str, Entry]) -> Iterator[str]:
        """Yield what is wrong with who added a network and when, its id, its place, and the event."""
        after, stayed = self.walk.present, {entry.network.text: entry for entry in before.entries}
        for entry in after.entries:
            known = stayed.get(entry.network.text)
            was = known or expected.get(entry.network.text)
            if was and origin(was) != origin(entry):
                yield f"{was} came back as {entry}"
            if (known.id != entry.id) if known else (entry.id in self.walk.known):
                yield f"{entry} has an id that it must not have"
        if newest_first(after.entries) != after.entries:
            yield f"another order: {after}"
        if after.revision != before.revision:
            event_id, kind, state = self.walk.last_event()
            key = "as_of" if self.way == "restore" else "undone"
            if (kind, state.get(key)) != ("restore", self.event):
                yield f"event {event_id} is {kind} and says {state}"


def covers_all(entries: list[Entry], address: str) -> bool:
    """Whether one of the networks contains the address."""
    return covers(Allowlist(entries=tuple(entries)), address)


def said(entry: Entry) -> tuple[str, str]:
    """Return what is said of a network."""
    return entry.network.text, entry.comment


def said_of(allowlist: Allowlist) -> list[tuple[str, str]]:
    """Return what is said of the networks of a list."""
    return [said(entry) for entry in allowlist.entries]


def origin(entry: Entry) -> tuple[Any, ...]:
    """Return who added a network, when, and its place."""
    return entry.added_by, entry.added_by_id, entry.added_at, entry.position


def walk_and_go_back(walk: LongWalk) -> list[str]:
    """Let a few things happen, then go back to any of the events; return what is wrong with it."""
    for _ in range(walk.chance.randrange(1, 7)):
        walk.step()
    inside = [name for name, address in PEOPLE.items() if lets_in(walk.present, address)]
    if not inside or not walk.was:
        walk.seen["nobody to go back"] += 1
        return []
    way = walk.chance.choice(("restore", "restore", "undo"))
    return list(GoingBack(walk, walk.chance.choice(inside), way).run())
