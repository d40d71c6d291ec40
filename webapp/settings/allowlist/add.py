"""Adding a network: as typed, from another part of the page, or the current address (R4, R5)."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, NoAddress, Refused
from webapp.domain.leaving_out import require_shown
from webapp.settings.allowlist import answers, change, state_change
from webapp.settings.allowlist.announcements import added, added_all, listed_already
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.row import edited_beside
from webapp.settings.allowlist.views.forms import FormView, changes_behind
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome
from webapp.web import htmx


class Add(Change):
    """Add a network; never activates the list (R3)."""

    kind = "add"
    already = "Already added."

    def __init__(self) -> None:
        super().__init__()
        self.fields = self.parse(lambda: self.form.network_and_comment(may_be_several=True).checked())

    def apply(self, present: Allowlist) -> Allowlist:
        """Add the network."""
        return present.add(*self.fields())

    def said(self, outcome: Outcome) -> str:
        """Return what was done, in words for people."""
        return added(outcome.added[0], outcome)

    def accepted(self, outcome: Outcome) -> Response:
        """Show the new row and an empty form."""
        return _added(outcome, self.said(outcome))

    def refused(self, refusal: Refused) -> Response:
        """Show the form again, as it was typed."""
        return _form_again(self.form, refusal)


class AddCurrent(Change):
    """Add the current address, taken from the connection, never from the form."""

    kind = "add"
    already = Add.already

    def __init__(self) -> None:
        super().__init__()
        self.fields = self.parse(lambda: (self.form.scope(self.address), self.form.comment()))

    def apply(self, present: Allowlist) -> Allowlist:
        """Compare the address that was shown, then add it or its IPv6 subnet, unless it is covered."""
        scope, comment = self.fields()
        require_shown(self.form.current, self.address, adds=not present.covers(self.address))
        if self.address is None:
            raise NoAddress
        return present.add_current(self.address, scope, comment)

    def accepted(self, outcome: Outcome) -> Response:
        """Show the new row, or say that there was nothing to add."""
        live = added(outcome.added[0], outcome) if outcome.added else listed_already()
        return _added(outcome, live)

    def refused(self, refusal: Refused) -> Response:
        """Show the form again, as it was typed."""
        return _form_again(self.form, refusal)


class AddThere(Add):
    """Add a network that a tool beside the list offers: what comes of it is said there, and the add form stays.

    Without htmx the page shows the add form, filled, where something is refused; a row that was open for editing beside
    the button is open again, as it was typed.
    """

    template = "_added_there"
    to: tuple[str, str] | None = None

    def accepted(self, outcome: Outcome) -> Response:
        """Show the new row, and in the place of the button that the network is on the list."""
        live = self.said(outcome)
        opened = Opened(live=live, added=outcome.added, focus=htmx.target())
        return self._beside(outcome, live) or answers.accepted(outcome, self.template, opened, self.to)

    def repeated(self, outcome: Outcome) -> Response:
        """Say so; with the row beside it."""
        return self._beside(outcome, self.already) or super().repeated(outcome)

    def _beside(self, outcome: Outcome, live: str) -> Response | None:
        """Return the page with the row that was open beside the button; None where htmx has kept it, or none was."""
        section = Section.of(outcome.after)
        row = None if htmx.is_htmx() else edited_beside(self.form, section)
        if row is None:
            return None
        answers.flash_notice(live)
        return answers.full_page(section, Opened(row=row))

    def refused(self, refusal: Refused) -> Response:
        """Say why beside the button."""
        if not htmx.is_htmx():
            return super().refused(refusal)
        opened = Opened(adding=FormView(typed=self.form, refusal=refusal), focus=htmx.target())
        return answers.form_again("_not_added_there", Section.load(), refusal, opened)


class AllOffered(Add):
    """Add all the networks that were offered; what is on the list by now stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.networks = self.parse(self.form.offered)

    def apply(self, present: Allowlist) -> Allowlist:
        """Add them without comments."""
        return present.add_all(self.networks())

    def said(self, outcome: Outcome) -> str:
        """Return how many there were to add."""
        return added_all(outcome)


class AddAllThere(AllOffered, AddThere):
    """Add what a question offers beside a row, or the page of an inactive list: that is said in place of the offers."""

    template = "_all_added_there"
    to = ("closest .rehearsal", "outerHTML")


class AddForActivation(Add):
    """Add a network that the question before activating has offered, and ask again.

    The question's own comment and scope come along: they are for the current address, and stay in the question.
    """

    def apply(self, present: Allowlist) -> Allowlist:
        """Add the network without a comment."""
        network, _ = self.fields()
        return present.add(network)

    def accepted(self, outcome: Outcome) -> Response:
        """Show the list with the network, and the question with what activating would do now."""
        return state_change.ask_after("activate", outcome, self.said(outcome), self.form)

    def repeated(self, outcome: Outcome) -> Response:
        """Show the list as it is now, and the question with what activating would do."""
        return state_change.ask_after("activate", outcome, self.already, self.form)

    def refused(self, refusal: Refused) -> Response:
        """Ask again, and say why the network was not added."""
        return state_change.ask_again("activate", refusal, self.form)


class AddAllForActivation(AllOffered, AddForActivation):
    """Add all that the question before activating has offered, and ask again."""


def _added(outcome: Outcome, live: str) -> Response:
    return answers.accepted(outcome, "_added", Opened(live=live, added=outcome.added, focus="add"))


def _form_again(typed: SubmittedForm, refusal: Refused) -> Response:
    section = Section.load()
    form = FormView(typed=typed, refusal=refusal, made=changes_behind(refusal, section, typed))
    return answers.form_again("_add", section, refusal, Opened(adding=form, row=edited_beside(typed, section)))


# By the form's field `return`: where the answer goes; for one network, and for all that were offered.
PLACES = {"activate": (AddForActivation, AddAllForActivation), "there": (AddThere, AddAllThere)}


def _add() -> Add:
    one, all_offered = PLACES.get(request.values.get("return", ""), (Add, Add))
    return all_offered() if "networks" in request.form else one()


change.register("/networks", "add", _add)
change.register("/networks/current", "add_current", AddCurrent)
