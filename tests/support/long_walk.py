"""Random changes of one list by everybody who can make them, remembered: two owners, a program, an operator."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.client import BASE, Browser
from tests.support.quick import engine_of, sign_in, start_session
from tests.support.world import ELSEWHERE, HOME, World, email_of
from webapp.domain.allowlist import Allowlist, Refused
from webapp.domain.applying import digest
from webapp.domain.desired import Line
from webapp.domain.network import parse_network
from webapp.domain.plan import Mode, plan
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock
from webapp.settings.allowlist.views import undo
from webapp.storage import allowlists, operators, past_changes
from webapp.storage.events import OPERATOR
from webapp.storage.models import Event

PEOPLE = {"dana": HOME, "mara": ELSEWHERE}
POOL: tuple[str, ...] = (
    f"{HOME}/32",
    f"{HOME}/31",
    "203.0.113.0/24",
    f"{ELSEWHERE}/32",
    "198.51.100.0/24",
    "192.0.2.0/24",
)
POOL += ("192.0.2.7/32", "192.0.2.128/25", "2001:db8::/32", "2001:db8:9::/48", "0.0.0.0/0")
KEPT = 200  # events of whose lists the walk remembers


class LongWalk:
    """One account's list, as it is changed and as it was before and after each of the last events."""

    def __init__(self, app: Flask, world: World, chance: random.Random) -> None:
        self.app, self.world, self.chance = app, world, chance
        self.seen: Counter[str] = Counter()
        self.was: dict[int, tuple[Allowlist, Allowlist]] = {}
        self.kinds: dict[int, str] = {}
        self.known: set[int | None] = set()  # ids of networks
        self.present = self.load()
        self.browsers = {name: self.browser(name) for name in PEOPLE}
        start_session(app, world.halden, world.users["sanne"], "192.0.2.9")
        with app.app_context():
            self.token = operators.create_token(world.halden, "CI", clock.now(), scopes=SCOPES, owner=email_of("dana"))

    def browser(self, name: str) -> Browser:
        """Return a new browser in which the person is signed in."""
        session_id, _, _ = sign_in(self.app, email_of(name), PEOPLE[name])
        return Browser(self.app, PEOPLE[name], session_id)

    def load(self) -> Allowlist:
        """Return the list as it is."""
        with self.app.app_context():
            return allowlists.load(self.world.halden)

    def last_event(self) -> tuple[int, str, dict[str, Any]]:
        """Return the account's last event: id, kind, and how it was after it."""
        query = sa.select(Event.id, Event.kind, Event.after).where(Event.account_id == self.world.halden)
        with engine_of(self.app).connect() as connection:
            row = connection.execute(query.order_by(Event.id.desc()).limit(1)).first()
        return (row.id, row.kind, row.after) if row else (0, "", {})

    def remember(self) -> None:
        """Keep how the list was before and after the event that has just been made, if there was any."""
        before, self.present = self.present, self.load()
        self.known |= {entry.id for entry in before.entries}
        if before.revision != self.present.revision:
            event_id, kind, _ = self.last_event()
            self.was[event_id], self.kinds[event_id] = (before, self.present), kind
            if len(self.was) > KEPT:
                oldest = next(iter(self.was))
                del self.was[oldest], self.kinds[oldest]

    def step(self) -> None:
        """Let somebody change something."""
        inside = [name for name, address in PEOPLE.items() if lets_in(self.present, address)]
        who = self.chance.choice([*inside, *inside, "program", "operator"])
        if who == "operator":
            self.as_operator()
        elif who == "program":
            self.as_program()
        else:
            self.as_owner(who)
        self.remember()

    def as_operator(self) -> None:
        """Replace or deactivate the list by a command."""
        kind = self.chance.choice(("import", "import", "import", "deactivate"))
        lines, mode = self.wanted(), self.mode()
        change: Callable[[Allowlist], Allowlist] = (
            Allowlist.deactivate if kind == "deactivate" else lambda present: plan(present, lines, mode).result
        )
        with self.app.app_context():
            try:
                allowlists.changing(self.world.halden, OPERATOR, kind, change, now=clock.now)
            except Refused as refused:
                self.seen[f"operator: {refused.code}"] += 1

    def as_program(self) -> None:
        """Replace the list by the API."""
        wanted = [{"network": line.text, "comment": line.comment} for line in self.wanted()]
        headers = {"Authorization": f"Bearer {self.token}", "If-Match": f'"{self.present.revision}"'}
        body = json.dumps({"networks": [{k: v for k, v in one.items() if v is not None} for one in wanted]})
        headers |= {"Content-Type": "application/json", "X-Forwarded-For": "192.0.2.99"}
        answer = self.app.test_client().put("/api/v1/ip-allowlist", data=body, headers=headers)
        self.seen[f"program: {answer.status_code}"] += 1

    def as_owner(self, who: str) -> None:
        """Do one of the things that the section's page offers."""
        act = self.chance.choice([self.add, self.edit, self.delete, self.state, self.imports, self.undo])
        path, fields = act()
        answer = self.browsers[who].send(BASE + path, {"confirm_wide": "1", "confirm_signouts": "1"} | fields)
        self.seen[f"owner: {answer.status_code}"] += 1

    def add(self) -> tuple[str, dict[str, Any]]:
        return "/networks", {"network": self.chance.choice(POOL), "comment": self.comment()}

    def edit(self) -> tuple[str, dict[str, Any]]:
        row, then = self.row(), self.then()
        network = self.chance.choice((row["text"], self.chance.choice(POOL)))
        return f"/networks/{row['id']}", row | then | {"network": network, "comment": self.comment()}

    def delete(self) -> tuple[str, dict[str, Any]]:
        row = self.row()
        return f"/networks/{row['id']}/delete", row | self.then()

    def state(self) -> tuple[str, dict[str, Any]]:
        if self.present.active and self.chance.random() < 0.2:
            return "/deactivate", {}
        return "/activate", {"version": self.present.revision, "add_current": "1"}

    def imports(self) -> tuple[str, dict[str, Any]]:
        lines, mode = self.wanted(), self.mode()
        text = "\n".join(line.text if line.comment is None else f"{line.text} # {line.comment}" for line in lines)
        shown = digest(plan(self.present, lines, mode))
        fields = {"text": text, "mode": mode, "version": self.present.revision, "digest": shown}
        return "/import/apply", fields | self.then()

    def undo(self) -> tuple[str, dict[str, Any]]:
        event = self.chance.choice(list(self.was) or [1])
        with self.app.test_request_context():
            past = past_changes.in_event(self.world.halden, event)
            return "/networks/restore", {"token": undo.token_of(event, past.at if past else None)} | self.then()

    def row(self) -> dict[str, Any]:
        """Return a listed network as its form names it."""
        if not self.present.entries:
            return {"id": 1, "version": "", "text": POOL[0]}
        entry = self.chance.choice(self.present.entries)
        return {"id": entry.id, "version": entry.version, "text": entry.network.text}

    def wanted(self) -> list[Line]:
        """Return lines of a text."""
        texts = self.chance.sample(POOL[:-1], self.chance.randrange(1, 6))
        say = partial(self.chance.choice, (None, "Office", "Lab"))
        return [Line(number, text, parse_network(text), say()) for number, text in enumerate(texts, 1)]

    def mode(self) -> Mode:
        """Return what is done with them."""
        return self.chance.choice(("add", "replace"))

    def comment(self) -> str:
        """Return a comment."""
        return self.chance.choice(("", "Office", "Lab", "VPN"))

    def then(self) -> dict[str, str]:
        """Return a way out, or none."""
        return {"then": self.chance.choice(("", "add_current", "add_current", "deactivate"))}


def lets_in(allowlist: Allowlist, address: str) -> bool:
    """Whether the list is inactive or covers the address, by the standard library."""
    return not allowlist.active or covers(allowlist, address)


def covers(allowlist: Allowlist, address: str) -> bool:
    """Whether a network of the list contains the address, by the standard library."""
    return any(ip_address(address) in ip_network(entry.network.text) for entry in allowlist.entries)
