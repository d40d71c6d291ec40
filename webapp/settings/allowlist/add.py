"""Adding a network: as typed, or the current address (R4, R5)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, NoAddress, Refused
from webapp.domain.leaving_out import require_shown
from webapp.domain.network import Network
from webapp.settings.allowlist import answers, questions
from webapp.settings.allowlist.announcements import added, listed_already
from webapp.settings.allowlist.answers import FormView
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome


class Add(Change):
    """Add a network; never activates the list (R3)."""

    kind = "add"
    already = "Already added."

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the fields, then add."""
        return present.add(*self.checked())

    def checked(self) -> tuple[Network, str]:
        """Return both fields' meaning, or raise FieldErrors."""
        self.typed.require_single()
        return self.typed.network_and_comment(confirmed=self.typed.confirms)

    def done(self, outcome: Outcome) -> Response:
        """Show the new row and an empty form."""
        return answers.accepted(outcome, added(outcome.added[0], outcome), "_added", focus="add")

    def refused(self, refusal: Refused) -> Response:
        """Show the form again, as it was typed."""
        return answers.form_again("_add", Section.load(), refusal, adding=FormView(self.typed, refusal))


class AddCurrent(Add):
    """Add the current address, taken from the connection, never from the form."""

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the fields and the address that was shown, then add it or its IPv6 subnet, unless it is covered."""
        self.typed.require_single()
        scope, comment = self.typed.scope(self.address), self.typed.comment()
        require_shown(self.typed.current, self.address, adds=not present.covers(self.address))
        if self.address is None:
            raise NoAddress
        return present.add_current(self.address, scope, comment)

    def done(self, outcome: Outcome) -> Response:
        """Show the new row, or say that there was nothing to add."""
        live = added(outcome.added[0], outcome) if outcome.added else listed_already()
        return answers.accepted(outcome, live, "_added", focus="add")


class AddForActivation(Add):
    """Add a network that the question before activating has offered, and ask again.

    The question's own comment and scope come along: they are for the current address, and stay in the question.
    """

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the fields, then add the network without a comment."""
        network, _ = self.checked()
        return present.add(network)

    def done(self, outcome: Outcome) -> Response:
        """Show the list with the network, and the question with what activating would do now."""
        return questions.again("activate", outcome, added(outcome.added[0], outcome), self.typed)

    def done_before(self, outcome: Outcome) -> Response:
        """Show the list as it is now, and the question with what activating would do."""
        return questions.again("activate", outcome, self.already, self.typed)

    def refused(self, refusal: Refused) -> Response:
        """Ask again, and say why the network was not added."""
        return questions.ask("activate", Section.load(), refusal, FormView(self.typed, refusal))
