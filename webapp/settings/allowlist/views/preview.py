"""What a change would do to people, shown before it happens; and the yes to it (R8c)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, Signer

from webapp.domain.address import parse_address
from webapp.domain.allowlist import Full
from webapp.domain.compiled_list import CompiledList
from webapp.domain.consent import NAMED, Consent
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.domain.signed_in import Parted, Person, parted
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.section import Section
from webapp.storage import sign_ins

LOOK_BACK = timedelta(days=30)
MAX_SIGN_INS_SEARCHED = 1_000


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A network that people signed in from lately, and that the list would not let in; not who is said to leave it."""

    network: Network
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would be signed out, who would stay, and from where people signed in lately that would not be let in.

    `own`: the addresses where the owner would be signed out; `beside`: the network to offer beside a person, by user;
    `not_looked_at`: so many earlier sign-ins; `named`: the form's `preview` field.
    """

    people: Parted
    own: tuple[str | None, ...]
    beside: dict[int, Network]
    uncovered: tuple[Uncovered, ...]
    not_looked_at: int
    named: str

    @classmethod
    def of_activating(cls, section: Section, typed: SubmittedForm) -> Preview:
        """Return what activating would do; an uncovered current address counts as added, as the prompt offers it."""
        after = replace(section.allowlist, active=True)
        if section.address is not None:
            with suppress(Full):
                after = after.add_current(section.address, "address" if typed["scope"] == "address" else "")
        everybody = parted(replace(section.allowlist, active=False), after, portal_session.elsewhere())
        me = portal_session.current().user_id
        own = next((person.addresses for person in everybody.leaving if person.user_id == me), ())
        people = everybody.without(me)
        lately, not_looked_at = _uncovered(CompiledList.of(after))
        beside = _beside(people.leaving, lately)
        uncovered = tuple(Uncovered(network, tuple(names.values())) for network, names in lately.items() if names)
        return cls(people, own, beside, uncovered, not_looked_at, named(people.leaving, typed))

    @property
    def title(self) -> str:
        """Return the heading of the list of people."""
        leaving, staying = len(self.people.leaving), len(self.people.staying)
        if not leaving:
            return "Nobody else will be signed out" if staying else "Nobody else is signed in now"
        total = leaving + staying
        if total == 1:
            return "The only other person signed in will be signed out"
        return f"{f'{leaving:,} of' if staying else 'All'} {total:,} other people will be signed out"


def _uncovered(compiled: CompiledList) -> tuple[dict[Network, dict[int, str]], int]:
    """Return these networks, the latest first, with whose they were; and how many sign-ins were not looked at."""
    network_of: dict[str, Network | None] = {}
    people: dict[Network, dict[int, str]] = {}
    since = clock.now() - LOOK_BACK
    latest, total = sign_ins.recent(portal_session.current().account_id, since, MAX_SIGN_INS_SEARCHED)
    for address, user_id, name in latest:
        if address not in network_of:
            is_in = compiled.admits_text(address)
            network_of[address] = None if is_in else current_network(parse_address(address))
        if network := network_of[address]:
            people.setdefault(network, {}).setdefault(user_id, name)
    return people, total - len(latest)


def _beside(leaving: Sequence[Person], lately: dict[Network, dict[int, str]]) -> dict[int, Network]:
    """Return the network to offer beside each person; whoever has a line of their own has no second one in `lately`.

    No network is offered twice: not beside two people, and not where `lately` offers it for others.
    """
    first: dict[Network, int] = {}
    for person in leaving if len(leaving) <= NAMED else ():
        if text := person.addresses[0]:
            network = current_network(parse_address(text))
            lately.get(network, {}).pop(person.user_id, None)
            first.setdefault(network, person.user_id)
    return {user_id: network for network, user_id in first.items() if not lately.get(network)}


def named(people: Collection[Person], typed: SubmittedForm) -> str:
    """Return the form's `preview` field: whom it names, and whom the form before it has named."""
    consent = Consent.of(_ids(people)).after(_sent(typed))
    return _signer().sign(str(consent)).decode() if str(consent) else ""


def named_everyone(typed: SubmittedForm, people: Collection[Person]) -> bool:
    """Whether the form's yes is one to these people; one without a preview cannot have become stale."""
    return "preview" not in typed.values or _sent(typed).counts_for(_ids(people))


def not_named(typed: SubmittedForm, people: Collection[Person]) -> tuple[Person, ...]:
    """Return whom the form's question has not named of these people; all of them where it has only said how many."""
    sent = _sent(typed).people
    return tuple(person for person in people if person.user_id not in sent)


def _ids(people: Collection[Person]) -> frozenset[int]:
    return frozenset(person.user_id for person in people)


def _sent(typed: SubmittedForm) -> Consent:
    """Return whom the form's question has named; nobody, where it was not asked so in this account."""
    try:
        return Consent.parse(_signer().unsign(typed["preview"]).decode())
    except BadSignature:
        return Consent()


def _signer() -> Signer:
    return Signer(current_app.secret_key or "", salt=f"people named in account {portal_session.current().account_id}")
