"""A change of the list, from the form to the answer, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, NoReturn, TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Refused
from webapp.guard import csrf, page_identity, portal_session
from webapp.guard.client_address import current_address
from webapp.runtime import clock, logs
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.forms.field_errors import FieldErrors
from webapp.settings.allowlist.forms.submitted import CsrfStale, SubmittedForm
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section
from webapp.storage import events
from webapp.storage.allowlists import Outcome, changing

T = TypeVar("T")


class Change:
    """What one POST wants. The order of checks is network, version, fields, rules.

    What the form says is parsed before the transaction, and what is wrong with it is raised in it, when its turn comes.
    """

    kind: ClassVar[str]
    already: ClassVar[str]

    def __init__(self) -> None:
        self.form = SubmittedForm.from_request()
        self.address = current_address()

    @property
    def back_to(self) -> Mapping[str, int]:
        """The event that the change goes back to, and how."""
        return events.NOTHING

    def parse(self, read: Callable[[], T]) -> Callable[[], T]:
        """Read the form's fields now; return a function that returns their meaning, or raises their FieldErrors."""
        try:
            self.form.require_single()
            meaning = read()
        except FieldErrors as error:
            kept = error

            def refuse() -> NoReturn:
                raise kept

            return refuse
        return lambda: meaning

    def apply(self, present: Allowlist) -> Allowlist:
        """Return the list as it should be; runs inside the transaction, perhaps more than once."""
        raise NotImplementedError

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse what the change would do to other people, where nobody has said yes to it; in the transaction."""

    def accepted(self, outcome: Outcome) -> Response:
        """Return the answer to an accepted change."""
        raise NotImplementedError

    def repeated(self, outcome: Outcome) -> Response:
        """Answer a form that had been sent before: whatever came of it is in the section as it is now."""
        return answers.repeated(outcome, self.already)

    def refused(self, refusal: Refused) -> Response:
        """Return the form as it was typed, with why and the way out."""
        raise NotImplementedError

    def rehearsed(self, section: Section) -> Rehearsal:
        """Return who used the portal lately from where the list would not let them in after the change (R19)."""
        try:
            return Rehearsal.of_change(section, self.apply(section.allowlist))
        except Refused:
            return Rehearsal()

    def expired(self) -> Response:
        """Show the form again after its token has expired."""
        return self.refused(CsrfStale())

    def run(self) -> Response:
        """Make the change, or say why not."""
        try:
            outcome = changing(
                portal_session.current().account_id,
                portal_session.actor(),
                self.kind,
                self.apply,
                then=self.form["then"],
                shown=self.form.current,
                require_consent=self.require_consent,
                operation=self.form.operation,
                back_to=self.back_to,
                now=clock.now,
            )
        except Refused as refusal:
            logs.record("refused", refusal.code, kind=self.kind)
            return self.refused(refusal)
        if outcome.event_id is None:  # What is stored is logged after the commit: `operations/change_log.py`.
            logs.record("change", "nothing", event_id=None)
        return self.repeated(outcome) if outcome.repeated else self.accepted(outcome)


def register(
    rule: str,
    endpoint: str,
    change: Callable[..., Change],
    *,
    question: Callable[..., Response] | None = None,
    question_rule: str = "",
    blueprint: Blueprint = bp,
) -> None:
    """Register a change: its POST, its form once the CSRF token has expired, and the question (GET) before it.

    `question` is an endpoint of its own name, at the same rule unless it has another one.
    """

    def submit(**ids: int) -> Response:
        return change(**ids).run()

    def expired(**ids: int) -> Response:
        # A member learns nothing from it (R1): not what the list is, nor whether there is such an event.
        if not portal_session.current().is_owner:
            return page_identity.not_sent("csrf", 400)
        return change(**ids).expired()

    csrf.on_expired_token(submit)(expired)
    blueprint.add_url_rule(rule, endpoint, submit, methods=["POST"])
    if question is not None:
        blueprint.add_url_rule(question_rule or rule, question.__name__, question, methods=["GET"])
