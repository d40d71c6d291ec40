"""Adding a network: as typed, or the current address (R4, R5)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, NoAddress, Refused, current_network
from webapp.domain.network import Network
from webapp.settings import answers, questions
from webapp.settings.answers import Form
from webapp.settings.changes import Change
from webapp.settings.forms import FieldError, FieldErrors
from webapp.settings.section import Section
from webapp.settings.sentences import added
from webapp.storage.allowlists import Outcome


class Add(Change):
    """Add a network; never activates the list (R3)."""

    kind = "add"
    already = "Already added."

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the fields, then add."""
        self.typed.require_single()
        network, comment = self.typed.network_and_comment(confirmed=self.is_confirmed)
        return present.add(network, comment)

    def is_confirmed(self, network: Network) -> bool:
        """Whether a wide network was confirmed."""
        return self.typed["confirm_wide"] == "1"

    def done(self, outcome: Outcome) -> Response:
        """Show the new row and an empty form."""
        return answers.done(outcome, added(outcome.added[0], outcome), "_add_done", focus="add")

    def refused(self, refusal: Refused) -> Response:
        """Show the form again, as it was typed."""
        return answers.form_again("_add", Section.load(), refusal, adding=Form(self.typed, refusal))


class AddCurrent(Add):
    """Add the current address, taken from the connection, never from the form."""

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the fields, then add the address or its IPv6 subnet."""
        self.typed.require_single()
        if self.typed["scope"] not in {"", "address", "subnet"}:
            raise FieldErrors(form=FieldError("scope", "Choose the single address or its network."))
        comment = self.typed.comment()
        if self.address is None:
            raise NoAddress
        return present.add(current_network(self.address, self.typed["scope"]), comment)


class AddForActivation(Add):
    """Add a network that the question before activating has offered, and ask again."""

    def done(self, outcome: Outcome) -> Response:
        """Show the list with the network, and the question with what activating would do now."""
        return questions.again("activate", outcome, added(outcome.added[0], outcome))

    def done_before(self, outcome: Outcome) -> Response:
        """Show the list as it is now, and the question with what activating would do."""
        return questions.again("activate", outcome, self.already)

    def refused(self, refusal: Refused) -> Response:
        """Ask again, and say why the network was not added."""
        return questions.ask("activate", Section.load(), refusal, Form(self.typed, refusal))
