"""A network of the list: edit, delete (R4, R6)."""

from __future__ import annotations

from typing import ClassVar

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Entry, Gone, Refused, Stale
from webapp.domain.network import Network
from webapp.domain.signed_in import SignsOutOthers, may_sign_out, parted
from webapp.guard import csrf, portal_session
from webapp.settings.allowlist import answers, undo
from webapp.settings.allowlist.add import Add, AddCurrent, AddForActivation
from webapp.settings.allowlist.announcements import saved, settled
from webapp.settings.allowlist.answers import RowView
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms import CsrfStale
from webapp.settings.allowlist.page import bp
from webapp.settings.allowlist.views.preview import named_everyone
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome
from webapp.web import htmx


class NetworkChange(Change):
    """A change of one network: it must be there, and be what the form was made from."""

    template: ClassVar[str]
    mode: ClassVar[str]

    def __init__(self, entry_id: int) -> None:
        super().__init__()
        self.id = entry_id

    def entry(self, present: Allowlist) -> Entry:
        """Return the network. Raises Gone or Stale."""
        entry = present.get(self.id)
        if self.typed["version"] != entry.version:
            raise Stale(entry)
        return entry

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the form has not named, or not been told yes to."""
        if not may_sign_out(before, after):
            return
        leaving = parted(before, after, portal_session.other_people()).leaving
        if leaving and not (self.typed["confirm_signouts"] == "1" and named_everyone(self.typed, leaving)):
            adds = next((entry.network for entry in after.entries if entry.id is None), None)
            raise SignsOutOthers(leaving, adds)

    def refused(self, refusal: Refused) -> Response:
        """Show the row's form again, as it was typed; or that the network is gone."""
        section = Section.load()
        try:
            entry = section.allowlist.get(self.id)
        except Gone:
            return answers.gone(section, self.id, self.typed, refusal if isinstance(refusal, CsrfStale) else Gone())
        row = RowView(self.mode, self.id, entry, self.typed, refusal)
        return answers.form_again(self.template, section, refusal, row=row)


class Edit(NetworkChange):
    """Change a network's text or comment."""

    kind = "edit"
    already = "Already saved."
    template = "_edit"
    mode = "edit"

    def apply(self, present: Allowlist) -> Allowlist:
        """Check network, version and fields, then edit."""
        old = self.entry(present)
        self.typed.require_single()

        def is_confirmed(network: Network) -> bool:
            return network == old.network or self.typed.confirms(network)

        network, comment = self.typed.network_and_comment(confirmed=is_confirmed)
        return present.edit(self.id, network, comment)

    def done(self, outcome: Outcome) -> Response:
        """Show the row."""
        entry = outcome.after.get(self.id)
        live, row = saved(entry, outcome, self.typed), RowView("shown", self.id, entry)
        return answers.accepted(outcome, live, "_row_changed", entry=entry, row=row, focus="row")


class Delete(NetworkChange):
    """Remove a network."""

    kind = "delete"
    already = "Already deleted."
    template = "_delete"
    mode = "delete"

    def apply(self, present: Allowlist) -> Allowlist:
        """Check network and version, then remove."""
        self.entry(present)
        self.typed.require_single()
        return present.remove(self.id)

    def done(self, outcome: Outcome) -> Response:
        """Show where the row was that it is gone, with Undo."""
        if outcome.event_id is None:
            return self.done_before(outcome)
        entry = outcome.before.get(self.id)
        live = settled(outcome, f"Deleted {entry.network}.", self.typed)
        row = RowView("deleted", self.id, entry)
        return answers.accepted(outcome, live, "_deleted", row=row, focus="undo", undo=undo.token_of(outcome.event_id))


@bp.post("/networks")
def add() -> Response:
    """Add a network."""
    return _add().run()


@csrf.on_expired_token(add)
def add_again() -> Response:
    """Show the form again after it was too old."""
    return _add().csrf_stale()


def _add() -> Add:
    return AddForActivation() if request.values.get("return") == "activate" else Add()


@bp.post("/networks/current")
def add_current() -> Response:
    """Add the current address."""
    return AddCurrent().run()


@csrf.on_expired_token(add_current)
def add_current_again() -> Response:
    """Show the form again after it was too old."""
    return AddCurrent().csrf_stale()


@bp.get("/networks/<int:entry_id>")
def show_row(entry_id: int) -> Response:
    """Return the row as it is shown."""
    return show_as("shown", "_row", entry_id)


@bp.get("/networks/<int:entry_id>/edit")
def edit(entry_id: int) -> Response:
    """Return the row opened for editing."""
    return show_as("edit", "_edit", entry_id)


@bp.get("/networks/<int:entry_id>/delete")
def delete_question(entry_id: int) -> Response:
    """Return the delete question, which says already what the list's rules would."""
    return show_as("delete", "_delete", entry_id)


def show_as(mode: str, template: str, entry_id: int) -> Response:
    """Return a row in one of its modes."""
    section = Section.load()
    try:
        entry = section.allowlist.get(entry_id)
    except Gone:
        return answers.gone(section, entry_id)
    row = RowView(mode, entry_id, entry)
    if not htmx.is_htmx():
        return answers.full_page(section, row=row)
    focus = "delete" if request.args.get("from") == "delete" else "row"
    return answers.partial(template, section, row=row, entry=entry, focus=focus)


@bp.post("/networks/<int:entry_id>")
def update(entry_id: int) -> Response:
    """Edit a network."""
    return Edit(entry_id).run()


@csrf.on_expired_token(update)
def update_again(entry_id: int) -> Response:
    """Show the row's form again after it was too old."""
    return Edit(entry_id).csrf_stale()


@bp.post("/networks/<int:entry_id>/delete")
def delete(entry_id: int) -> Response:
    """Delete a network."""
    return Delete(entry_id).run()


@csrf.on_expired_token(delete)
def delete_again(entry_id: int) -> Response:
    """Ask again after a form that was too old."""
    return Delete(entry_id).csrf_stale()
