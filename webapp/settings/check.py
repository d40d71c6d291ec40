"""Check an address: would it be let in, and by which networks; answered while the list is inactive, too."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from webapp import htmx
from webapp.domain.address import Address
from webapp.domain.allowlist import Entry
from webapp.domain.network import NetworkError, parse_network
from webapp.settings import answers
from webapp.settings.allowlist import bp
from webapp.settings.forms import FieldError, printable
from webapp.settings.reference import look_up
from webapp.settings.section import Section
from webapp.settings.sentences import checked
from webapp.storage.attempts import Attempts


@dataclass(frozen=True, slots=True)
class Check:
    """The question as it was typed, and its answer or what is wrong with it."""

    typed: str
    address: Address | None = None
    covering: tuple[Entry, ...] = ()
    error: FieldError | None = None
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
    """Return the answer; an address is read as strictly as a network (DESIGN 8)."""
    shown = printable(typed)
    referred = look_up(typed)
    if isinstance(referred, Attempts):
        return Check(shown, referred.address, section.allowlist.covering(referred.address), attempts=referred)
    if referred is not None:
        return Check(shown, error=referred)
    try:
        network = parse_network(typed)
    except NetworkError as error:
        message = "Enter an address." if error.code == "required" else error.message
        return Check(shown, error=FieldError(error.code, message))
    if network.first != network.last:
        return Check(shown, error=FieldError("not_an_address", "Enter one address, not a network."))
    address = Address(network.text.partition("/")[0], network.first)
    return Check(shown, address, section.allowlist.covering(address))
