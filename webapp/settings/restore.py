"""Undo of a delete: the network comes back, checked like any other addition."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from webapp import clock, csrf, sessions
from webapp.domain.allowlist import Allowlist, Gone, Refused
from webapp.domain.network import Network
from webapp.settings import answers
from webapp.settings.allowlist import bp
from webapp.settings.answers import Row
from webapp.settings.changes import Change
from webapp.settings.forms import FieldError, FieldErrors
from webapp.settings.section import Section
from webapp.storage.allowlists import Outcome
from webapp.storage.events import deleted_in

UNDO_FOR = timedelta(minutes=10)
UNDONE = ("closest [data-undo]", "delete")


class TooLate(Refused):
    """The delete is too old to undo."""

    code = "too_late"


def undo_token(event_id: int) -> str:
    """Return the token that brings back what the event deleted."""
    return _signer().dumps(event_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="undo delete")


class Restore(Change):
    """Add again what was deleted: duplicates, limit, width and R6 count as for a new network."""

    kind = "restore"
    already = "Already restored."

    def apply(self, present: Allowlist) -> Allowlist:
        """Find the deletion in the account's own events, then add."""
        try:
            event_id = _signer().loads(self.typed["token"])
        except BadSignature:
            raise Gone from None
        deleted = deleted_in(sessions.current().account_id, event_id) if isinstance(event_id, int) else None
        if deleted is None:
            raise Gone
        at, text, comment = deleted
        self.typed.require_single()
        network = Network.from_canonical(text)
        if network.is_wide and self.typed["confirm_wide"] != "1":
            raise FieldErrors(network=FieldError.confirm_wide(network))
        if clock.now() - at > UNDO_FOR:
            raise TooLate
        return present.add(network, comment)

    def done(self, outcome: Outcome) -> Response:
        """Show the network on the list again; where Undo was, nothing is left."""
        entry = outcome.after.entries[0]
        live, row = f"Restored {entry.network}.", Row("shown", entry.id or 0, entry)
        return answers.done(outcome, live, "_rest", UNDONE, row=row, focus="row")

    def refused(self, refusal: Refused) -> Response:
        """Say why, where Undo was."""
        row = Row("restore", 0, typed=self.typed, refusal=refusal)
        return answers.form_again("_row_restore", Section.load(), refusal, row=row, undo=self.typed.shown("token"))


@bp.post("/networks/restore")
def restore() -> Response:
    """Undo a delete."""
    return Restore().run()


@csrf.again(restore)
def restore_again() -> Response:
    """Show Undo again after its form was too old."""
    return Restore().csrf_stale()
