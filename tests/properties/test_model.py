"""Random walks of two owners and a member through the real portal, beside a model of a few lines.

After every step that the portal accepted, its actor's next request must be let in by the real enforcement, and model
and portal must agree. `PROOF_SCALE=100` walks a hundred times as far. The model knows addresses from the standard
library's `ipaddress`, not from the portal's own domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

from tests.conftest import dispose, empty
from tests.support.client import BASE
from tests.support.quick import QuickBrowser, new_app, read_list, refusal_of, scaled
from tests.support.world import PASSWORD, World, email_of, seed
from webapp.storage import allowlists

PEOPLE = ("dana", "mara", "sanne")
OWNERS = ("dana", "mara")
ADDRESSES = ("203.0.113.7", "203.0.113.200", "198.51.100.9", "2001:db8:9::51", "2001:db8:9:1::5", None)
NETWORKS = (
    "203.0.113.0/24",
    "203.0.113.0/25",
    "203.0.113.7",
    "198.51.100.0/24",
    "2001:db8:9::/64",
    "2001:db8::/32",
    "2001:db8:9:1::5",
    "0.0.0.0/0",
    "::/0",
    "203.0.113.7/24",
    "nonsense",
)
ACTOR = st.sampled_from(("dana", "dana", "mara", "sanne"))
WIDE = {"0.0.0.0/0", "::/0"}
Block = IPv4Network | IPv6Network


def canonical(text: str) -> str | None:
    """Return a network as it is stored, or None where it is not one (the pool has no other kinds)."""
    try:
        return str(ip_network(text))
    except ValueError:
        return None


def own_network(address: str, scope: str = "") -> str:
    """Return what stands for an address: IPv4 /32, IPv6 /64 or, as "address", /128."""
    prefix = 32 if "." in address else 128 if scope == "address" else 64
    return str(ip_network(f"{address}/{prefix}", strict=False))


@dataclass
class Model:
    """What the portal should hold."""

    active: bool = False
    networks: dict[str, str] = field(default_factory=dict)

    def covers(self, address: str | None) -> bool:
        """Whether a listed network contains the address."""
        return address is not None and any(
            ip_address(address).version == ip_network(text).version and ip_address(address) in ip_network(text)
            for text in self.networks
        )

    def lets_in(self, address: str | None) -> bool:
        """Whether a person at the address may use the portal."""
        return not self.active or self.covers(address)

    def without(self, network: str) -> Model:
        """Return the model without a network."""
        return Model(self.active, {text: comment for text, comment in self.networks.items() if text != network})


class Walk(RuleBasedStateMachine):
    """The rules of a walk."""

    app: Flask

    @initialize(networks=st.lists(st.sampled_from(NETWORKS[:5]), max_size=3, unique=True), active=st.booleans())
    def begin(self, networks: list[str], active: bool) -> None:
        """Start with both owners signed in at one address, a few networks, and often an active list."""
        empty(self.app)
        with self.app.app_context():
            self.world: World = seed()
        self.model = Model()
        self.browsers = {person: QuickBrowser(self.app, ADDRESSES[0]) for person in PEOPLE}
        self.signed_in = dict.fromkeys(PEOPLE, False)
        for owner in OWNERS:
            self.sign_in(owner)
        for text in networks:
            self.add("dana", text, False, "")
        if active:
            self.activate("dana", "1", "")

    # Who is where.

    @rule(person=st.sampled_from(PEOPLE), address=st.sampled_from(ADDRESSES))
    def change_address(self, person: str, address: str | None) -> None:
        """Connect from elsewhere; the next request decides what that means."""
        self.browsers[person].address = address

    @rule(person=st.sampled_from(PEOPLE))
    def sign_in(self, person: str) -> None:
        """Sign in, in the same browser."""
        browser = self.browsers[person]
        browser.learn_token()
        answer = browser.post("/login", {"email": email_of(person), "password": PASSWORD})
        self.signed_in[person] = self.model.lets_in(browser.address)
        assert answer.status_code == (303 if self.signed_in[person] else 403)
        browser.learn_token()
        self.look(person)

    @rule(person=st.sampled_from(PEOPLE))
    def sign_out(self, person: str) -> None:
        """Sign out, from wherever; the old cookie is dead."""
        browser, old = self.browsers[person], self.browsers[person].cookie
        browser.learn_token()
        assert browser.post("/logout").status_code == 303
        self.signed_in[person] = False
        self.replay(old, person)

    @rule(person=st.sampled_from(PEOPLE))
    def look(self, person: str) -> None:
        """Open a page: in, out, or blocked; whoever is blocked is out for good."""
        browser, old = self.browsers[person], self.browsers[person].cookie
        answer = browser.get("/")
        if not self.signed_in[person]:
            assert answer.status_code == 303
        elif self.model.lets_in(browser.address):
            assert answer.status_code == 200
        else:
            assert answer.status_code == 403
            self.signed_in[person] = False
            self.replay(old, person)
            browser.learn_token()

    def replay(self, cookie: str, person: str) -> None:
        """A dead cookie opens nothing, from any address."""
        for address in ADDRESSES:
            replayed = QuickBrowser(self.app, address)
            replayed.cookie = cookie
            assert replayed.get("/").status_code == 303, f"{person}'s old cookie is alive at {address}"

    # What they do to the list. Everything goes through `act`.

    def act(self, person: str, path: str, fields: dict[str, str], expected: Model | str) -> TestResponse | None:
        """POST as the person, and compare with the model the answer should lead to (or the refusal)."""
        browser = self.browsers[person]
        answer = browser.post(f"{BASE}{path}", fields)
        if not self.signed_in[person]:
            assert answer.status_code == 303
            assert str(answer.location).startswith("/login")
            return None
        if not self.model.lets_in(browser.address):
            assert answer.status_code == 403
            self.signed_in[person] = False
            return None
        if person not in OWNERS:
            assert answer.status_code == 403
            return None
        if isinstance(expected, str):
            assert answer.status_code in {409, 422}
            assert refusal_of(answer) == expected
            return None
        assert answer.status_code == 303, (answer.status_code, refusal_of(answer), expected)
        self.model = expected
        assert browser.get("/").status_code == 200, "an accepted action left its actor outside"
        return answer

    def row(self, network: str) -> dict[str, str]:
        """Return what a row's form needs."""
        with self.app.app_context():
            entry = next(e for e in allowlists.load(self.world.halden).entries if str(e.network) == network)
        return {"id": str(entry.id), "version": entry.version}

    def settle(self, before: Model, after: Model, address: str | None, then: str) -> Model | str:
        """R6, in the model's words."""
        if not after.active or after.covers(address):
            return after
        own = own_network(address) if address else ""
        if then == "add_current" and own and own not in set(before.networks) - set(after.networks):
            return Model(True, {own: "", **after.networks})
        if then == "deactivate":
            return Model(False, after.networks)
        return "leaves_you_out"

    @rule(
        person=ACTOR,
        text=st.sampled_from(NETWORKS),
        confirm=st.booleans(),
        comment=st.sampled_from(("", "Büro", "x" * 141)),
    )
    def add(self, person: str, text: str, confirm: bool, comment: str) -> None:
        """Add a network."""
        network = canonical(text)
        expected: Model | str
        if network is None:
            expected = "host_bits" if "/" in text else "address_syntax"
        elif network in WIDE and not confirm:
            expected = "confirm_wide"
        elif len(comment) > 140:
            expected = "comment_too_long"
        elif network in self.model.networks:
            expected = "duplicate"
        else:
            expected = Model(self.model.active, {network: comment, **self.model.networks})
        if text == "nonsense":
            expected = "hostname"
        self.act(
            person,
            "/networks",
            {"network": text, "comment": comment} | ({"confirm_wide": "1"} if confirm else {}),
            expected,
        )

    @rule(person=ACTOR, scope=st.sampled_from(("", "address", "subnet")))
    def add_current(self, person: str, scope: str) -> None:
        """Add the current address."""
        address = self.browsers[person].address
        expected: Model | str = "no_address"
        if address is not None:
            own = own_network(address, scope)
            expected = (
                "duplicate"
                if own in self.model.networks
                else Model(self.model.active, {own: "", **self.model.networks})
            )
        self.act(person, "/networks/current", {"scope": scope}, expected)

    @rule(
        person=ACTOR,
        data=st.data(),
        text=st.sampled_from(NETWORKS[:7]),
        then=st.sampled_from(("", "add_current", "deactivate")),
    )
    def edit(self, person: str, data: Any, text: str, then: str) -> None:
        """Edit a listed network."""
        if not self.model.networks:
            return
        old = data.draw(st.sampled_from(sorted(self.model.networks)))
        new = canonical(text) or ""
        row, before = self.row(old), self.model
        expected: Model | str = "duplicate"
        if new == old or new not in before.networks:
            after = Model(
                before.active,
                {(new if t == old else t): ("edited" if t == old else c) for t, c in before.networks.items()},
            )
            expected = self.settle(before, after, self.browsers[person].address, then)
        fields = {"network": text, "comment": "edited", "version": row["version"], "then": then}
        self.act(person, f"/networks/{row['id']}", fields, expected)

    @rule(person=ACTOR, data=st.data(), then=st.sampled_from(("", "add_current", "deactivate")))
    def delete(self, person: str, data: Any, then: str) -> None:
        """Delete a listed network."""
        if not self.model.networks:
            return
        network = data.draw(st.sampled_from(sorted(self.model.networks)))
        row, before = self.row(network), self.model
        expected = self.settle(before, before.without(network), self.browsers[person].address, then)
        self.act(person, f"/networks/{row['id']}/delete", {"version": row["version"], "then": then}, expected)

    @rule(
        person=ACTOR,
        adds=st.sampled_from(("", "1", "yes")),
        scope=st.sampled_from(("", "address", "subnet")),
    )
    def activate(self, person: str, adds: str, scope: str) -> None:
        """Activate, perhaps adding the current address."""
        address, before = self.browsers[person].address, self.model
        expected: Model | str = "not_covered"
        if before.active:
            expected = before
        elif address is None:
            expected = "no_address"
        elif before.covers(address):
            expected = Model(True, before.networks)
        elif adds == "1":
            expected = Model(True, {own_network(address, scope): "", **before.networks})
        revision = read_list(self.app, self.world.halden).revision
        self.act(person, "/activate", {"version": revision, "add_current": adds, "scope": scope}, expected)

    @rule(person=st.sampled_from(PEOPLE))
    def deactivate(self, person: str) -> None:
        """Deactivate."""
        self.act(person, "/deactivate", {}, Model(False, self.model.networks))

    # What always holds.

    @invariant()
    def model_and_portal_agree(self) -> None:
        """State, networks and comments are the model's; an active list is never empty."""
        if not hasattr(self, "world"):
            return
        stored = read_list(self.app, self.world.halden)
        assert stored.active == self.model.active
        assert {text: comment for _, text, comment in stored.networks} == self.model.networks
        assert stored.networks or not stored.active


@pytest.fixture
def walking(database_url: str) -> Iterator[type[Walk]]:
    """The walk on each database."""
    app = new_app(database_url)
    yield type("WalkHere", (Walk,), {"app": app})
    dispose(app)


def test_no_walk_leaves_an_actor_out_or_a_blocked_person_in(walking: type[Walk]) -> None:
    """Walk."""
    run_state_machine_as_test(
        walking,
        settings=settings(
            max_examples=scaled(35),
            stateful_step_count=40,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
