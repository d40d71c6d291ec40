"""What a change would do to people, shown before it happens; and the yes to it (R8c)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from flask import current_app
from itsdangerous import BadSignature, Signer

from webapp.domain.address import parse_address
from webapp.domain.address_kind import client_network
from webapp.domain.allowlist import Allowlist, Full
from webapp.domain.consent import NAMED, Consent
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.domain.signed_in import Parted, Person, may_sign_out, parted
from webapp.guard import portal_session
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would be signed out, who would stay, and from where people used the portal that would not be let in.

    `own`: the addresses where the owner would be signed out; `beside`: the network to offer beside a person, by user;
    `named`: the form's `preview` field.
    """

    people: Parted
    own: tuple[str | None, ...]
    beside: dict[int, Network]
    rehearsal: Rehearsal
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
        places = _places(people.leaving)
        rehearsal = Rehearsal.of(after, but=places)
        beside = {user_id: network for (user_id, _), network in places.items()}
        return cls(people, own, _once(beside, rehearsal), rehearsal, named(people.leaving, typed))

    @property
    def networks(self) -> tuple[str, ...]:
        """All that the question offers to add."""
        return (*(network.text for network in self.beside.values()), *self.rehearsal.networks)

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


def _places(leaving: Sequence[Person]) -> dict[tuple[int, str], Network]:
    """Return the network of each person who has a line of their own, by user and client."""
    places = {}
    for person in leaving if len(leaving) <= NAMED else ():
        if text := person.addresses[0]:
            address = parse_address(text)
            places[person.user_id, client_network(address).text] = current_network(address)
    return places


def _once(beside: dict[int, Network], rehearsal: Rehearsal) -> dict[int, Network]:
    """Return the network to offer beside each person: none twice, and none that is offered for others who used it."""
    first: dict[Network, int] = {}
    for user_id, network in beside.items():
        if network.text not in rehearsal.networks:
            first.setdefault(network, user_id)
    return {user_id: network for network, user_id in first.items()}


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


def signed_out(before: Allowlist, after: Allowlist) -> tuple[Person, ...]:
    """Return the other people whom a change of the list would sign out (R8c)."""
    if not may_sign_out(before, after):
        return ()
    return parted(before, after, portal_session.other_people()).leaving


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
