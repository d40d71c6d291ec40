"""Check an address: would it be let in, and by which networks; answered while the list is inactive, too.

Or paste the reference of a blocked page: who was blocked, from where, when.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.address import Address
from webapp.domain.network import Network, NetworkError, parse_network
from webapp.domain.reference import find_reference, speaks_of_reference
from webapp.domain.text import printable
from webapp.guard import portal_session
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.announcements import checked
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.forms.field_errors import FieldError
from webapp.settings.allowlist.views.check import Check, Wider
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.section import Section
from webapp.storage import blocked_attempts
from webapp.storage.blocked_attempts import Attempts
from webapp.web import htmx

# What the parser says of a network, said of an address: by class, and where the class says too little, by phrase.
_NO_NETWORK, _NO_RANGE = "Enter one address, not a network.", "Enter one address, not a range."
_NO_MASK, _NO_SLASH = "Enter the address alone, without its mask.", "Enter the address alone, without the slash."
SENTENCES = {
    "required": "Enter an address.",
    "hostname": "Enter an IP address or a reference, not a name.",
    "too_long": "This is too long for an address.",
    "has_port": "Leave out the port.",
    "negation": "Enter the address alone.",
    "comment_in_field": "Enter the address alone.",
    "several_values": "Enter one address at a time.",
    **dict.fromkeys(("range_notation", "wildcard"), _NO_RANGE),
    **dict.fromkeys(("netmask_notation", "wildcard_mask"), _NO_MASK),
    **dict.fromkeys(("not_an_address", "host_bits", "prefix_range"), _NO_NETWORK),
    **dict.fromkeys(("prefix_syntax", "prefix_leading_zero"), _NO_SLASH),
}
PHRASES = {
    "a network has digits, a-f, dots, colons and one slash": "an address has digits, a-f, dots and colons",
    "Only the network belongs here": "Only the address belongs here",
    " or 203.0.113.0/24": "",
    "2001:db8::/64": "2001:db8::7",
}
MISTYPED = "A reference is blk_ with eight letters and digits. Enter one, as the blocked page shows it."


@bp.get("/check")
def check() -> Response:
    """Answer whether the address would be let in."""
    section = Section.load()
    answer = check_address(request.args.get("address", ""), section)
    status = 422 if answer.error else 200
    if htmx.is_htmx():
        again = htmx.target() == "allowlist-checked"  # After a change, which is what is announced.
        live = "" if again else checked(answer, active=section.allowlist.active)
        return answers.partial("_check", section, Opened(check=answer, live=live), status)
    return answers.full_page(section, Opened(check=answer), status)


def check_address(typed: str, section: Section) -> Check:
    """Return the answer; an address is read as strictly as a network."""
    referred = find_attempts(typed)
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
        return _refused(typed, FieldError("not_an_address", _NO_NETWORK), (network,), section)
    address = Address(network.text.partition("/")[0], network.first)
    return Check(printable(typed), address, section.allowlist.covering(address))


def _refused(typed: str, error: FieldError, meant: Iterable[Network], section: Section) -> Check:
    error, meant = replace(error, message=_of_an_address(error)), tuple(meant)
    addresses = tuple(network.text.partition("/")[0] for network in meant if network.size == 1)
    wider = tuple(Wider.of(network, section) for network in meant if network.size > 1)
    return Check(printable(typed), error=error, addresses=addresses, wider=wider)


def _of_an_address(error: FieldError) -> str:
    message = SENTENCES.get(error.code, error.message)
    for phrase, instead in PHRASES.items():
        message = message.replace(phrase, instead)
    return message


def find_attempts(typed: str) -> Attempts | FieldError | None:
    """Return what a reference stands for in the reader's account, or why nothing; None where it is no reference.

    One of another account looks like one that never was (R1).
    """
    asked = find_reference(typed)
    if asked is None:
        return FieldError("unknown_reference", MISTYPED) if speaks_of_reference(typed) else None
    found = blocked_attempts.with_reference(portal_session.current().account_id, asked.text)
    if found is not None or not asked.is_certain:
        return found
    message = f"No blocked attempt at this account has the reference {asked.text}. Compare it with the blocked page."
    return FieldError("unknown_reference", message)
