"""Check an address: would it be let in, and by which networks; answered while the list is inactive, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.address import Address
from webapp.domain.allowlist import Entry
from webapp.domain.network import Network, NetworkError, parse_network
from webapp.domain.text import printable
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.announcements import checked
from webapp.settings.allowlist.forms import FieldError
from webapp.settings.allowlist.page import bp
from webapp.settings.allowlist.reference import look_up
from webapp.settings.allowlist.views.section import Section
from webapp.storage.blocked_attempts import Attempts
from webapp.web import htmx

# What the parser says of a network, said of an address.
SENTENCES = {
    "required": "Enter an address.",
    "comment_in_field": "Enter the address alone.",
    "several_values": "Enter one address at a time.",
}


@dataclass(frozen=True, slots=True)
class Wider:
    """A network that was typed, or may be meant, in place of one address: what of the list it is about."""

    network: Network
    containing: tuple[Entry, ...]
    within: int

    @classmethod
    def of(cls, network: Network, section: Section) -> Wider:
        """Compare the network with the listed ones, the narrowest that contains it first."""
        entries = section.allowlist.entries
        containing = [entry for entry in entries if entry.network.contains_network(network)]
        within = sum(network.contains_network(entry.network) and entry.network != network for entry in entries)
        return cls(network, tuple(sorted(containing, key=lambda entry: -entry.network.prefix)), within)


@dataclass(frozen=True, slots=True)
class Check:
    """The question as it was typed, and its answer or what is wrong with it.

    `addresses` may be meant, and can be checked by a button; `wider` are networks that were typed or may be meant.
    """

    typed: str
    address: Address | None = None
    covering: tuple[Entry, ...] = ()
    error: FieldError | None = None
    addresses: tuple[str, ...] = ()
    wider: tuple[Wider, ...] = ()
    attempts: Attempts | None = None


@bp.get("/check")
def check() -> Response:
    """Answer whether the address would be let in."""
    section = Section.load()
    answer = check_address(request.args.get("address", ""), section)
    status = 422 if answer.error else 200
    if htmx.is_htmx():
        again = htmx.target() == "allowlist-checked"  # After a change, which is what is announced.
        live = "" if again else checked(answer, active=section.allowlist.active)
        return answers.partial("_check", section, status, check=answer, live=live)
    return answers.full_page(section, status, check=answer)


def check_address(typed: str, section: Section) -> Check:
    """Return the answer; an address is read as strictly as a network."""
    referred = look_up(typed)
    if isinstance(referred, Attempts):
        return Check(
            printable(typed), referred.address, section.allowlist.covering(referred.address), attempts=referred
        )
    if referred is not None:
        return Check(printable(typed), error=referred)
    try:
        network = parse_network(typed)
    except NetworkError as error:
        return _refused(typed, FieldError.of(error), map(Network.from_canonical, error.suggestions), section)
    if network.size > 1:
        return _refused(typed, FieldError("not_an_address", "Enter one address, not a network."), (network,), section)
    address = Address(network.text.partition("/")[0], network.first)
    return Check(printable(typed), address, section.allowlist.covering(address))


def _refused(typed: str, error: FieldError, meant: Iterable[Network], section: Section) -> Check:
    error, meant = replace(error, message=SENTENCES.get(error.code, error.message)), tuple(meant)
    addresses = tuple(network.text.partition("/")[0] for network in meant if network.size == 1)
    wider = tuple(Wider.of(network, section) for network in meant if network.size > 1)
    return Check(printable(typed), error=error, addresses=addresses, wider=wider)
