"""The section IP allowlist: the list and its two states. Its networks are in `networks`."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from webapp import csrf, htmx, sessions
from webapp.domain.allowlist import Allowlist, Refused, Stale
from webapp.settings import answers
from webapp.settings.answers import Form
from webapp.settings.changes import Change
from webapp.settings.forms import FieldError, FieldErrors
from webapp.settings.section import Section
from webapp.storage import accounts
from webapp.storage.allowlists import NotOwner, Outcome

bp = Blueprint("allowlist", __name__, url_prefix="/account/settings/ip-allowlist")
DIALOG = "#allowlist-dialog"


@bp.before_request
def require_owner() -> None:
    """Let members see the section's page, and nothing else under its URL (R1)."""
    if not sessions.current().is_owner and request.endpoint != "allowlist.show":
        raise NotOwner


@bp.get("")
def show() -> Response:
    """Return the section; members see only whether the list is active, and who the owners are."""
    session = sessions.current()
    if not session.is_owner:
        owners = accounts.owner_names(session.account_id)
        return make_response(render_template("settings/allowlist/members.html", session=session, owners=owners))
    section = Section.load()
    return answers.partial("_section", section) if htmx.is_htmx() else answers.full_page(section)


class Activate(Change):
    """Put the list into effect, adding the current address in the same transaction where asked to (R5)."""

    kind = "activate"

    def apply(self, present: Allowlist) -> Allowlist:
        """Check version and fields, then activate."""
        if self.typed["version"] != present.revision:
            raise Stale
        self.typed.require_single()
        if self.typed["scope"] not in {"", "address", "subnet"}:
            raise FieldErrors(form=FieldError("scope", "Choose the single address or its network."))
        comment = self.typed.comment()
        if self.typed["add_current"] == "1" and self.address and not present.active:
            present = present.add_current(self.address, self.typed["scope"], comment)
        return present.activate(self.address)

    def done(self, outcome: Outcome) -> Response:
        """Show the active list."""
        return answers.done(Section.of(outcome.after), "The IP allowlist is active.")

    def refused(self, refusal: Refused) -> Response:
        """Ask again: the prompt says why."""
        return _ask("activate", Section.load(), refusal, Form(self.typed, refusal))


class Deactivate(Change):
    """Lift all restrictions; the networks stay listed (R7)."""

    kind = "deactivate"

    def apply(self, present: Allowlist) -> Allowlist:
        """Deactivate."""
        self.typed.require_single()
        return present.deactivate()

    def done(self, outcome: Outcome) -> Response:
        """Show the inactive list."""
        live = "The IP allowlist is inactive. People can sign in from any address."
        return answers.done(Section.of(outcome.after), live)

    def refused(self, refusal: Refused) -> Response:
        """Ask again."""
        return _ask("deactivate", Section.load(), refusal, Form(self.typed, refusal))


@bp.get("/activate")
def activate_question() -> Response:
    """Ask before activating; uncovered, the prompt *Prevent access blockage* offers the current address."""
    return _question("activate")


@bp.post("/activate")
def activate() -> Response:
    """Activate the list."""
    return Activate().run()


@csrf.again(activate)
def activate_again() -> Response:
    """Ask again after a form that was too old."""
    return Activate().csrf_stale()


@bp.get("/deactivate")
def deactivate_question() -> Response:
    """Ask before deactivating."""
    return _question("deactivate")


@bp.post("/deactivate")
def deactivate() -> Response:
    """Deactivate the list."""
    return Deactivate().run()


@csrf.again(deactivate)
def deactivate_again() -> Response:
    """Ask again after a form that was too old."""
    return Deactivate().csrf_stale()


def _question(name: str) -> Response:
    section = Section.load()
    if htmx.is_htmx():
        return answers.partial(f"_dialog_{name}", section, form=Form())
    return answers.full_page(section, dialog=name, form=Form())


def _ask(name: str, section: Section, refusal: Refused, form: Form) -> Response:
    return answers.form_again(f"_dialog_{name}", section, refusal, DIALOG, dialog=name, form=form)
