"""Random walks of owners and others through the real portal, beside a model of a few lines.

People share browsers, keep old tabs open, and connect from elsewhere between a question and its answer. After every
step that the portal accepted, its actor's next request must be let in by the real enforcement, nothing has been done
in another person's name or for another address than was shown, and model and portal must agree.
`PROOF_SCALE=100` walks a hundred times as far. The model knows addresses from the standard
library's `ipaddress`, not from the portal's own domain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.conftest import dispose, empty
from tests.support.client import BASE, Browser, refusal_of
from tests.support.quick import new_app, read_list, scaled
from tests.support.world import PASSWORD, World, email_of, seed
from webapp.domain.comment import MAX_COMMENT
from webapp.guard import page_identity
from webapp.storage import allowlists

PEOPLE = ("dana", "mara", "sanne", "ola")
OWNERS = ("dana", "mara")
TRANSLATED = "64:ff9b::c633:6409"
ADDRESSES = ("203.0.113.7", "203.0.113.200", "198.51.100.9", "2001:db8:9::51", "2001:db8:9:1::5", TRANSLATED, None)
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
BROWSERS = ("first", "second", "third")
BROWSER = st.sampled_from(("first", "first", "second", "third"))
TAB = st.sampled_from((0, 0, 0, 0, 1, 2, 3))  # 0: opened just now; n: the n-th newest of the open ones
WIDE = {"0.0.0.0/0", "::/0"}
Block = IPv4Network | IPv6Network


def canonical(text: str) -> str | None:
    """Return a network as it is stored, or None where it is not one (the pool has no other kinds)."""
    try:
        return str(ip_network(text))
    except ValueError:
        return None


def own_network(address: str, scope: str = "") -> str:
    """Return what stands for an address: IPv4 /32, IPv6 /64 or, as "address" and where it is translated, /128."""
    prefix = 32 if "." in address else 128 if scope == "address" or address == TRANSLATED else 64
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


@dataclass(frozen=True)
class Tab:
    """A page that a browser has open: for whom it was made, the address it names, its form's token."""

    identity: str
    address: str | None
    token: str
    generation: int


def naming(page: Tab, names: bool) -> dict[str, str]:
    """Return the form's field for the address that the page has shown, where there is one and the form names it."""
    return {"current": page.address} if names and page.address else {}


class Walk(RuleBasedStateMachine):
    """The rules of a walk."""

    app: Flask
    seen: ClassVar[Counter[str]] = Counter()  # how changes were answered, and how many steps were taken

    @initialize(networks=st.lists(st.sampled_from(NETWORKS[:5]), max_size=3, unique=True), active=st.booleans())
    def begin(self, networks: list[str], active: bool) -> None:
        """Start with both owners signed in at one address, a few networks, and often an active list."""
        empty(self.app)
        with self.app.app_context():
            self.world: World = seed()
        self.model = Model()
        self.browsers = {name: Browser(self.app, ADDRESSES[0]) for name in BROWSERS}
        self.who: dict[str, str | None] = dict.fromkeys(BROWSERS)
        self.generation = dict.fromkeys(BROWSERS, 0)  # of the cookie: a new one makes all older tokens stale
        self.tabs: dict[str, list[Tab]] = {name: [] for name in BROWSERS}
        for name, owner in zip(BROWSERS, OWNERS, strict=False):
            self.sign_in(name, owner)
        for text in networks:
            self.add("first", 0, text, False, "")
        if active:
            self.activate("first", 0, "1", "", True)

    # Who is where.

    @rule(name=BROWSER, address=st.sampled_from(ADDRESSES))
    def change_address(self, name: str, address: str | None) -> None:
        """Connect from elsewhere; the next request decides what that means."""
        self.browsers[name].address = address

    @rule(name=BROWSER)
    def open_tab(self, name: str) -> None:
        """Leave a page open, to come back to it later."""
        self.tabs[name].append(self.fresh_tab(name))

    @rule(name=BROWSER, person=st.sampled_from(PEOPLE))
    def sign_in(self, name: str, person: str) -> None:
        """Sign in, perhaps where somebody else was signed in until now."""
        browser = self.browsers[name]
        answer = browser.send("/login", {"email": email_of(person), "password": PASSWORD})
        is_in = person == "ola" or self.model.lets_in(browser.address)
        assert answer.status_code == (303 if is_in else 403)
        self.new_cookie(name, person if is_in else None)
        self.look(name)

    @rule(name=BROWSER, tab=TAB)
    def sign_out(self, name: str, tab: int) -> None:
        """Sign out, from wherever and from whatever tab; the old cookie is dead."""
        browser, old, page = self.browsers[name], self.browsers[name].cookie, self.tab(name, tab)
        answer = browser.send("/logout", {"page": page.identity}, csrf=page.token)
        if self.who[name] is None:
            assert answer.status_code == 303
        elif page.generation != self.generation[name] or page.identity != self.identity(name):
            assert answer.status_code in {400, 409}
            assert browser.cookie == old
            return
        assert answer.status_code == 303
        self.new_cookie(name, None)
        self.replay(old, name)

    @rule(name=BROWSER)
    def look(self, name: str) -> None:
        """Open a page: in, out, or blocked; whoever is blocked is out for good."""
        browser, old = self.browsers[name], self.browsers[name].cookie
        answer = browser.fetch("/")
        if self.who[name] is None:
            assert answer.status_code == 303
        elif self.is_let_in(name):
            assert answer.status_code == 200
        else:
            assert answer.status_code == 403
            self.new_cookie(name, None)
            self.replay(old, name)

    def replay(self, cookie: str, name: str) -> None:
        """A dead cookie opens nothing, from any address."""
        for address in ADDRESSES:
            replayed = Browser(self.app, address)
            replayed.cookie = cookie
            assert replayed.fetch("/").status_code == 303, f"the {name} browser's old cookie is alive at {address}"

    def new_cookie(self, name: str, person: str | None) -> None:
        """The browser has another cookie: its new tabs have another token."""
        self.who[name] = person
        self.generation[name] += 1

    def is_let_in(self, name: str) -> bool:
        """Whether the list of whoever is signed in lets the browser's address in; Northwind's is inactive."""
        return self.who[name] == "ola" or self.model.lets_in(self.browsers[name].address)

    def identity(self, name: str) -> str:
        """Return the identity of pages that the browser would be shown now."""
        person = self.who[name]
        if person is None:
            return ""
        account = self.world.northwind if person == "ola" else self.world.halden
        with self.app.app_context():
            return page_identity.of(self.world.users[person], account)

    def fresh_tab(self, name: str) -> Tab:
        """Open a page now."""
        browser = self.browsers[name]
        return Tab(self.identity(name), browser.address, browser.csrf_token(), self.generation[name])

    def tab(self, name: str, number: int) -> Tab:
        """Return the page that a person acts in."""
        return self.tabs[name][-number] if 0 < number <= len(self.tabs[name]) else self.fresh_tab(name)

    # What they do to the list. Everything goes through `act`.

    def act(self, name: str, page: Tab, path: str, fields: dict[str, str], expected: Model | str) -> None:
        """POST from a page, and compare with the model the answer should lead to (or the refusal)."""
        browser, person, before = self.browsers[name], self.who[name], read_list(self.app, self.world.halden)
        sent: dict[str, Any] = {"current": None} | fields | {"page": page.identity}
        if person is not None and not page.identity:
            sent["page"] = None  # nobody was signed in when the page was made: it has no form, but a forger's may come
        answer = browser.send(f"{BASE}{path}", sent, csrf=page.token)
        barred = self.barred(name, page)
        self.seen[refusal_of(answer) or str(answer.status_code)] += 1
        if barred:
            assert answer.status_code == barred[0], (answer.status_code, barred)
            assert refusal_of(answer) == barred[1]
            if person is not None and not self.is_let_in(name):
                self.new_cookie(name, None)
        elif person not in OWNERS:
            assert answer.status_code < 500  # Ola's own list, of which this model knows nothing
        elif isinstance(expected, str):
            assert answer.status_code in {409, 422}
            assert refusal_of(answer) == expected
        else:
            assert answer.status_code == 303, (answer.status_code, refusal_of(answer), expected)
            self.model = expected
            assert browser.fetch("/").status_code == 200, "an accepted action left its actor outside"
            return
        assert read_list(self.app, self.world.halden) == before, "a refused action changed the list"

    def barred(self, name: str, page: Tab) -> tuple[int, str] | None:
        """Return status and refusal for whoever is not asked what they want, in the order of the checks."""
        person = self.who[name]
        if person is None:
            return 303, ""
        if not self.is_let_in(name):
            return 403, ""
        if page.identity and page.identity != self.identity(name):
            return 409, "other_identity"
        if page.generation != self.generation[name]:
            return 400, "csrf"
        return (403, "") if person == "sanne" else None

    def row(self, network: str) -> dict[str, str]:
        """Return what a row's form needs."""
        with self.app.app_context():
            entry = next(e for e in allowlists.load(self.world.halden).entries if str(e.network) == network)
        return {"id": str(entry.id), "version": entry.version}

    def shown(self, name: str, fields: dict[str, str], *, adds: bool) -> str:
        """R5a, in the model's words: why a yes for the address in `fields` is refused; or nothing."""
        address, shown = self.browsers[name].address, fields.get("current")
        if shown is None and not adds:
            return ""
        if address is None:
            return "no_address"
        return "" if shown == address else "address_changed"

    def misfit(self, name: str, fields: dict[str, str]) -> str:
        """R5b, in the model's words: a translated address has no network of its own; another page's choice is moot."""
        address = self.browsers[name].address
        is_shown = fields.get("current", address) == address
        return "scope" if fields["scope"] == "subnet" and address == TRANSLATED and is_shown else ""

    def settle(self, name: str, before: Model, after: Model, fields: dict[str, str]) -> Model | str:
        """R6 and R5a, in the model's words."""
        address, then = self.browsers[name].address, fields["then"]
        leaves_out = after.active and not after.covers(address)
        own = own_network(address) if address else ""
        is_offered = bool(own) and own not in set(before.networks) - set(after.networks)
        adds = leaves_out and then == "add_current" and is_offered
        if refusal := self.shown(name, fields, adds=adds):
            return refusal
        if not leaves_out:
            return after
        if adds:
            return Model(True, {own: "", **after.networks})
        return Model(False, after.networks) if then == "deactivate" else "leaves_you_out"

    @rule(
        name=BROWSER,
        tab=TAB,
        text=st.sampled_from(NETWORKS),
        confirm=st.booleans(),
        comment=st.sampled_from(("", "Büro", "x" * (MAX_COMMENT + 1))),
    )
    def add(self, name: str, tab: int, text: str, confirm: bool, comment: str) -> None:
        """Add a network."""
        network = canonical(text)
        expected: Model | str
        if network is None:
            expected = "host_bits" if "/" in text else "hostname"
        elif network in WIDE and not confirm:
            expected = "confirm_wide"
        elif len(comment) > MAX_COMMENT:
            expected = "comment_too_long"
        elif network in self.model.networks:
            expected = "duplicate"
        else:
            expected = Model(self.model.active, {network: comment, **self.model.networks})
        fields = {"network": text, "comment": comment} | ({"confirm_wide": "1"} if confirm else {})
        self.act(name, self.tab(name, tab), "/networks", fields, expected)

    @rule(name=BROWSER, tab=TAB, scope=st.sampled_from(("", "address", "subnet")), names=st.booleans())
    def add_current(self, name: str, tab: int, scope: str, names: bool) -> None:
        """Add the current address, as the page named it or without a name."""
        address, page = self.browsers[name].address, self.tab(name, tab)
        fields = {"scope": scope} | naming(page, names)
        adds = not self.model.covers(address)
        expected: Model | str = self.misfit(name, fields) or self.shown(name, fields, adds=adds) or self.model
        if address is not None and adds and isinstance(expected, Model):
            expected = Model(self.model.active, {own_network(address, scope): "", **self.model.networks})
        self.act(name, page, "/networks/current", fields, expected)

    @rule(
        name=BROWSER,
        tab=TAB,
        data=st.data(),
        text=st.sampled_from(NETWORKS[:7]),
        then=st.sampled_from(("", "add_current", "deactivate")),
        names=st.booleans(),
    )
    def edit(self, name: str, tab: int, data: Any, text: str, then: str, names: bool) -> None:
        """Edit a listed network."""
        if not self.model.networks:
            return
        old = data.draw(st.sampled_from(sorted(self.model.networks)))
        page, new, row, before = self.tab(name, tab), canonical(text) or "", self.row(old), self.model
        fields = {"network": text, "comment": "edited", "version": row["version"], "then": then}
        fields |= {"confirm_signouts": "1"} | naming(page, names and bool(then))
        expected: Model | str = "duplicate"
        if new == old or new not in before.networks:
            after = Model(
                before.active,
                {(new if t == old else t): ("edited" if t == old else c) for t, c in before.networks.items()},
            )
            expected = self.settle(name, before, after, fields)
        self.act(name, page, f"/networks/{row['id']}", fields, expected)

    @rule(
        name=BROWSER,
        tab=TAB,
        data=st.data(),
        then=st.sampled_from(("", "add_current", "deactivate")),
        names=st.booleans(),
    )
    def delete(self, name: str, tab: int, data: Any, then: str, names: bool) -> None:
        """Delete a listed network."""
        if not self.model.networks:
            return
        network = data.draw(st.sampled_from(sorted(self.model.networks)))
        page, row, before = self.tab(name, tab), self.row(network), self.model
        fields = {"version": row["version"], "then": then, "confirm_signouts": "1"}
        fields |= naming(page, names and bool(then))
        expected = self.settle(name, before, before.without(network), fields)
        self.act(name, page, f"/networks/{row['id']}/delete", fields, expected)

    @rule(
        name=BROWSER,
        tab=TAB,
        adds=st.sampled_from(("", "1", "yes")),
        scope=st.sampled_from(("", "address", "subnet")),
        names=st.booleans(),
    )
    def activate(self, name: str, tab: int, adds: str, scope: str, names: bool) -> None:
        """Activate, perhaps adding the current address."""
        address, before, page = self.browsers[name].address, self.model, self.tab(name, tab)
        revision = read_list(self.app, self.world.halden).revision
        fields = {"version": revision, "add_current": adds, "scope": scope} | naming(page, names and adds == "1")
        is_adding = adds == "1" and not before.active and not before.covers(address)
        expected: Model | str = self.misfit(name, fields) or self.shown(name, fields, adds=is_adding)
        if not expected:
            expected = "not_covered"
            if before.active or before.covers(address):
                expected = Model(True, before.networks)
            elif address is None:
                expected = "no_address"
            elif is_adding:
                expected = Model(True, {own_network(address, scope): "", **before.networks})
        self.act(name, page, "/activate", fields, expected)

    @rule(name=BROWSER, tab=TAB)
    def deactivate(self, name: str, tab: int) -> None:
        """Deactivate."""
        self.act(name, self.tab(name, tab), "/deactivate", {}, Model(False, self.model.networks))

    # What always holds.

    @invariant()
    def model_and_portal_agree(self) -> None:
        """State, networks and comments are the model's; an active list is never empty."""
        if not hasattr(self, "world"):
            return
        self.seen["steps"] += 1
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
            max_examples=scaled(20),
            stateful_step_count=40,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
