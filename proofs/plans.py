"""Two writers apply different plans at once: two owners, or an owner and a program, both past their first read."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from flask import Flask

from proofs.databases import another, database, portal
from proofs.report import Report
from tests.support.at_once import AtOnce, at_once
from tests.support.quick import check_history, events_of, put_list, read_list, sign_in, start_session
from tests.support.world import World, email_of
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Refused
from webapp.domain.applying import Seen, applied, digest
from webapp.domain.desired import Line
from webapp.domain.network import parse_network
from webapp.domain.plan import Mode, plan
from webapp.domain.session_end import Limits
from webapp.domain.standing import NotLetIn
from webapp.domain.token_scopes import SCOPES
from webapp.runtime import clock
from webapp.storage import allowlists, api_tokens, write
from webapp.storage.events import Actor, ActorSession
from webapp.storage.sessions import hash_of

DANA, MARA = "203.0.113.7", "203.0.113.8"
POOL: tuple[str, ...] = ("203.0.113.0/24", "203.0.113.0/28", "203.0.113.7/32", "203.0.113.8/32", "203.0.113.128/25")
POOL += ("192.0.2.0/24", "192.0.2.7/32", "198.51.100.0/24", "198.51.100.8/32", "2001:db8::/32")
LIMITS = Limits(timedelta(days=1), timedelta(days=1))
UNSEEN = 0.3  # of the plans: a program that asks for no version is planned for again under the lock


class State(NamedTuple):
    """A list, as far as the rules look at it; each network with its comment."""

    active: bool
    networks: frozenset[tuple[str, str]]

    def lets_in(self, *addresses: str) -> bool:
        """Whether the list is inactive or covers one of the addresses, by the standard library."""
        covers = (ip_address(one) in ip_network(text) for text, _ in self.networks for one in addresses)
        return not self.active or any(covers)


@dataclass(frozen=True)
class Intent:
    """What a writer wants, and from where; a program has no address."""

    actor: Actor
    address: str
    wanted: dict[str, str | None]
    mode: Mode
    then: str
    has_seen: bool


def run(rounds: int, seed: int, kind: str, *, program: bool) -> Report:
    """Let both apply their plans at once, so many times."""
    pair = "an owner and a program" if program else "two owners"
    claim = (
        "Of two plans that were made of the same list one is applied, and the other refused or made anew: answers and "
        "list are what they would be had one acted after the other; events lead from list to list; whoever made the "
        "last change is let in, and an active list lets an owner in."
    )
    not_measured = "the doors: the form, PUT and the command all call what is called here; who is signed out"
    report = Report(f"Different plans at once by {pair}, {kind}", claim, seed, rounds, "rounds", not_measured)
    chance, seen = random.Random(seed), Counter[str]()
    with report.timed(), database(kind) as url, portal(url) as (app, world), another(url) as second:
        actors = people(app, world, program=program)
        with at_once(app, second) as pairs:
            for number in range(rounds):
                for wrong in one_round((app, second), world, actors, pairs, chance, seen):
                    report.violated(f"round {number}: {wrong}")
            if pairs.overlapped < 0.99 * rounds:
                report.violated(f"only {pairs.overlapped} rounds overlapped: nothing is proven")
            report.figures["both had read before either wrote"] = f"{pairs.overlapped:,} rounds"
    report.figures["answers"] = ", ".join(f"{count:,} {answer}" for answer, count in sorted(seen.items()))
    return report


def people(app: Flask, world: World, *, program: bool) -> tuple[Actor, Actor]:
    """Return Dana, signed in, and Mara, or a program of hers. Both have lately given their password."""
    actors = []
    for person, address in (("dana", DANA), ("mara", MARA)):
        sign_in(app, email_of(person), address)
        own = hash_of(start_session(app, world.halden, world.users[person], address))
        actors.append(Actor(person, world.users[person], parse_address(address), ActorSession(own, LIMITS)))
    if program:
        actors[1] = Actor("mara", world.users["mara"], parse_address("192.0.2.99"), token_hash=token(app, world))
    return actors[0], actors[1]


def token(app: Flask, world: World) -> str:
    """Return what is kept of a new token of Mara's that may write."""
    with app.app_context():
        made: str = write(
            lambda session: api_tokens.create(
                session, world.halden, "CI", clock.now(), scopes=SCOPES, owner_id=world.users["mara"]
            )
        )
    return hash_of(made)


def one_round(
    apps: tuple[Flask, Flask],
    world: World,
    actors: tuple[Actor, Actor],
    pairs: AtOnce,
    chance: random.Random,
    seen: Counter[str],
) -> list[str]:
    """Let both act on a new list; return what is wrong with what came of it."""
    app = apps[0]
    start = a_list(chance)
    put_list(app, world.halden, *(text for text, _ in sorted(start.networks)), active=start.active)
    snapshot = read_list(app, world.halden)
    intents = [intent(chance, actor) for actor in actors]
    calls = [
        partial(act, one, world, what, with_seen(one, world, what)) for one, what in zip(apps, intents, strict=True)
    ]
    answers = pairs.run(calls[0], calls[1])
    seen.update(answers)
    stored = read_list(app, world.halden)
    after = State(stored.active, frozenset((text, comment) for _, text, comment in stored.networks))
    try:
        changes = check_history(app, world.halden, snapshot, stored)
    except AssertionError as error:
        return [f"history: {error}"]
    done = tuple(answer == "done" for answer in answers)
    wrong = locked_out(after, events_of(app, world.halden))
    if (done, after, changes) not in one_after_the_other(intents, start):
        wrong.append(f"{answers} after {changes} changes, {start} became {after} by {intents}: no order does that")
    return wrong


def a_list(chance: random.Random) -> State:
    """Return a list that lets both writers in."""
    while True:
        texts = chance.sample(POOL, chance.randrange(1, 7))
        state = State(chance.random() < 0.8, frozenset((text, "") for text in texts))
        if state.lets_in(DANA) and state.lets_in(MARA):
            return state


def intent(chance: random.Random, actor: Actor) -> Intent:
    """Return what somebody might want."""
    wanted = {text: chance.choice((None, "", "Office", "Lab")) for text in chance.sample(POOL, chance.randrange(1, 6))}
    mode: Mode = "replace" if chance.random() < 0.7 else "add"
    address = actor.address.text if actor.session and actor.address else ""
    then = chance.choice(("", "add_current", "deactivate")) if address else ""
    return Intent(actor, address, wanted, mode, then, chance.random() > UNSEEN)


def with_seen(app: Flask, world: World, what: Intent) -> Seen:
    """Return the plan's names as its writer has been shown them."""
    if not what.has_seen:
        return Seen()
    with app.app_context():
        present = allowlists.load(world.halden)
        shown = plan(present, lines_of(what), what.mode)
        return Seen(present.revision, digest(shown))


def lines_of(what: Intent) -> list[Line]:
    """Return what is wanted, line by line."""
    pairs = enumerate(what.wanted.items(), 1)
    return [Line(number, text, parse_network(text), comment) for number, (text, comment) in pairs]


def act(app: Flask, world: World, what: Intent, seen: Seen) -> str:
    """Apply the plan, as every door does; return "done", or the class of what refused it."""
    lines = lines_of(what)
    with app.app_context():
        try:
            allowlists.changing(
                world.halden,
                what.actor,
                "import",
                lambda present: applied(plan(present, lines, what.mode), seen),
                then=what.then,
                shown=what.address or None,
                now=clock.now,
            )
        except (Refused, NotLetIn) as error:
            return getattr(error, "code", "not_let_in")
    return "done"


def one_after_the_other(intents: list[Intent], start: State) -> list[tuple[tuple[bool, ...], State, int]]:
    """Return what both plans may come to: whether each is done, the list, and how many changes led there."""
    outcomes = []
    for order in ((0, 1), (1, 0)):
        now, changes, done = start, 0, [False, False]
        for number in order:
            result = by_the_rules(intents[number], now, is_shown=not changes)
            if result is not None:
                done[number] = True
                changes += result != now
                now = result
        outcomes.append((tuple(done), now, changes))
    return outcomes


def by_the_rules(what: Intent, now: State, *, is_shown: bool) -> State | None:
    """Return what a plan makes of a list when nobody disturbs it (R6, R13, R14, R18); None: it is refused."""
    if (what.has_seen and not is_shown) or (what.address and not now.lets_in(what.address)):
        return None
    comments = dict(now.networks)
    result = dict(comments) if what.mode == "add" else {}
    for text, comment in what.wanted.items():
        keeps = comment is None or what.mode == "add"
        result[text] = comments[text] if text in comments and keeps else comment or ""
    after = State(now.active, frozenset(result.items()))
    if not what.address:
        return after if after.lets_in(DANA, MARA) else None
    if after.lets_in(what.address):
        return after
    own = f"{what.address}/32"
    if what.then == "add_current" and own not in comments:
        return State(True, after.networks | {(own, "")})
    return State(False, after.networks) if what.then == "deactivate" else None


def locked_out(after: State, events: list[Any]) -> list[str]:
    """Return who must not be outside: the person of the last change, and every owner."""
    if not events or not after.active:
        return []
    address = events[-1].address
    is_program = address not in {DANA, MARA}
    wrong = [] if is_program or after.lets_in(address) else [f"{address} has left themselves out of {after}"]
    return wrong if after.lets_in(DANA, MARA) else [*wrong, f"no owner is let in by {after}"]
