"""The section IP allowlist: the list and its two states. Its networks are in `networks`."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Refused, Stale
from webapp.domain.leaving_out import require_shown
from webapp.domain.signed_in import Person, parted
from webapp.domain.standing import NotOwner
from webapp.guard import csrf, portal_session
from webapp.settings.allowlist import answers, questions
from webapp.settings.allowlist.announcements import activated, added_current, done_before, looked_up
from webapp.settings.allowlist.answers import FormView
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.undo import offers_for
from webapp.settings.allowlist.views.preview import named_everyone
from webapp.settings.allowlist.views.section import Section
from webapp.storage import accounts
from webapp.storage.allowlists import Outcome
from webapp.web import htmx

ROW_ID = re.compile(r"[0-9]{1,18}")
bp = Blueprint("allowlist", __name__, url_prefix="/account/settings/ip-allowlist")


@bp.before_request
def require_owner() -> None:
    """Let members see the section's page, and nothing else under its URL (R1)."""
    if not portal_session.current().is_owner and request.endpoint != "allowlist.show":
        raise NotOwner


@bp.get("")
def show() -> Response:
    """Return the section; members see only whether the list is active, and who the owners are.

    With htmx what the page has open is kept: `keep` names rows.
    """
    session = portal_session.current()
    if not session.is_owner:
        owners = accounts.owners(session.account_id)
        return htmx.page("settings/allowlist/members.html", session=session, owners=owners)
    section = Section.load()
    if not htmx.is_htmx():
        return answers.full_page(section)
    keep = frozenset(int(text) for text in request.args.getlist("keep") if ROW_ID.fullmatch(text))
    section = replace(section, keep=keep)
    return search_results(section) if htmx.target() == "allowlist-found" else refreshed_section(section)


def search_results(section: Section) -> Response:
    """Return the networks that a search has found, or another page of them."""
    turned = "page" in request.args
    response = answers.partial(
        "_search_results", section, live=looked_up(section, turned=turned), turned=turned, offers=offers_for(section)
    )
    if not turned:
        response.headers["HX-Replace-Url"] = url_for("allowlist.show", **section.query.asked)
    return response


def refreshed_section(section: Section) -> Response:
    """Return the section as it is now."""
    live = "This is the list as it is now."
    response = answers.partial(
        "_refreshed_section", section, live=live, focus="heading", keep_form=True, offers=offers_for(section)
    )
    return answers.with_changed_event(response, section)


class StateChange(Change):
    """Activate or deactivate: sent again, it may find that somebody has changed the state back since."""

    def done_before(self, outcome: Outcome) -> Response:
        """Say which state the list is in."""
        return answers.repeated(outcome, done_before(outcome.after))


class Activate(StateChange):
    """Put the list into effect, adding the current address in the same transaction where asked to (R5)."""

    kind = "activate"
    leaving: tuple[Person, ...] = ()

    def apply(self, present: Allowlist) -> Allowlist:
        """Check version and fields, then activate."""
        if self.typed["version"] != present.revision:
            raise Stale
        self.typed.require_single()
        scope, comment = self.typed.scope(self.address), self.typed.comment()
        adds = self.typed["add_current"] == "1" and not present.active
        require_shown(self.typed.current, self.address, adds=adds and not present.covers(self.address))
        if adds and self.address:
            present = present.add_current(self.address, scope, comment)
        return present.activate(self.address)

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the question has not named."""
        self.leaving = parted(before, after, portal_session.other_people()).leaving
        if not named_everyone(self.typed, self.leaving):
            raise Stale

    def done(self, outcome: Outcome) -> Response:
        """Say that the list is active, and close the question."""
        live = activated(len(self.leaving))
        if self.typed["add_current"] == "1":
            live = f"{live} {added_current(outcome)}"
        return answers.accepted(outcome, live, "_oob_updates")

    def refused(self, refusal: Refused) -> Response:
        """Ask again: the prompt says why."""
        return questions.ask("activate", Section.load(), refusal, FormView(self.typed, refusal))


class Deactivate(StateChange):
    """Lift all restrictions; the networks stay listed (R7)."""

    kind = "deactivate"

    def apply(self, present: Allowlist) -> Allowlist:
        """Deactivate."""
        self.typed.require_single()
        return present.deactivate()

    def done(self, outcome: Outcome) -> Response:
        """Say that the list is inactive, and close the question."""
        live = "The IP allowlist is inactive. People can sign in from any address."
        return answers.accepted(outcome, live, "_oob_updates")

    def refused(self, refusal: Refused) -> Response:
        """Ask again."""
        return questions.ask("deactivate", Section.load(), refusal, FormView(self.typed, refusal))


@bp.get("/activate")
def activate_question() -> Response:
    """Ask before activating; uncovered, the prompt *Prevent access blockage* offers the current address."""
    return questions.show("activate")


@bp.post("/activate")
def activate() -> Response:
    """Activate the list."""
    return Activate().run()


@csrf.on_expired_token(activate)
def activate_again() -> Response:
    """Ask again after a form that was too old."""
    return Activate().csrf_stale()


@bp.get("/deactivate")
def deactivate_question() -> Response:
    """Ask before deactivating."""
    return questions.show("deactivate")


@bp.post("/deactivate")
def deactivate() -> Response:
    """Deactivate the list."""
    return Deactivate().run()


@csrf.on_expired_token(deactivate)
def deactivate_again() -> Response:
    """Ask again after a form that was too old."""
    return Deactivate().csrf_stale()
