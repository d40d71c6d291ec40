"""A change of the list, from the form to the answer: apply it, say what was done, or show the form again."""

from __future__ import annotations

from typing import ClassVar

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Refused
from webapp.guard import page_identity, portal_session
from webapp.guard.client_address import current_address
from webapp.runtime import clock, logs
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.forms import CsrfStale, SubmittedForm
from webapp.storage.allowlists import Outcome, changing


class Change:
    """What one POST wants. The order of checks is network, version, fields, rules."""

    kind: ClassVar[str]
    already: ClassVar[str]

    def __init__(self) -> None:
        self.typed = SubmittedForm.from_request()
        self.address = current_address()

    def apply(self, present: Allowlist) -> Allowlist:
        """Return the list as it should be; runs inside the transaction, perhaps more than once."""
        raise NotImplementedError

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse what the change would do to other people, where nobody has said yes to it; in the transaction."""

    def done(self, outcome: Outcome) -> Response:
        """Return the answer to an accepted change."""
        raise NotImplementedError

    def done_before(self, outcome: Outcome) -> Response:
        """Answer a form that had been sent before: whatever came of it is in the section as it is now."""
        return answers.repeated(outcome, self.already)

    def refused(self, refusal: Refused) -> Response:
        """Return the form as it was typed, with why and the way out."""
        raise NotImplementedError

    def csrf_stale(self) -> Response:
        """Show the form again after its token was too old; a member learns nothing of the list from it (R1)."""
        if not portal_session.current().is_owner:
            return page_identity.not_sent("csrf", 400)
        return self.refused(CsrfStale())

    def run(self) -> Response:
        """Make the change, or say why not."""
        try:
            outcome = changing(
                portal_session.current().account_id,
                portal_session.actor(),
                self.kind,
                self.apply,
                then=self.typed["then"],
                shown=self.typed.current,
                require_consent=self.require_consent,
                operation=self.typed.operation,
                now=clock.now,
            )
        except Refused as refusal:
            logs.record("refused", refusal.code, kind=self.kind)
            return self.refused(refusal)
        if outcome.event_id is None:  # What is stored is logged after the commit: `operations/change_log.py`.
            logs.record("change", "nothing", event_id=None)
        return self.done_before(outcome) if outcome.repeated else self.done(outcome)
