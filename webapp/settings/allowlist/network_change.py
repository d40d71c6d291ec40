"""A change of one network: what editing and deleting have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Entry, Gone, Refused, Stale
from webapp.domain.signed_in import SignsOutOthers
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.submitted import CsrfStale
from webapp.settings.allowlist.views.forms import RowView, changes_behind
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.preview import named_everyone, signed_out
from webapp.settings.allowlist.views.rehearsal import Rehearsal, UsedLately
from webapp.settings.allowlist.views.section import Section


class NetworkChange(Change):
    """A change of one network: it must be there, and be what the form was made from."""

    mode: ClassVar[str]  # of the row, and the partial's name

    def __init__(self, entry_id: int) -> None:
        super().__init__()
        self.id = entry_id

    def entry(self, present: Allowlist) -> Entry:
        """Return the network.

        Raises:
            Gone: it is not on the list.
            Stale: it has changed since the form was made.
        """
        entry = present.get(self.id)
        if self.form["version"] != entry.version:
            raise Stale(entry)
        return entry

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the form has not named, or without a yes to it.

        A form of the page that has said nothing of it yet also asks who used the portal lately and would be left out.
        """
        leaving = signed_out(before, after)
        if leaving and not (self.form["confirm_signouts"] == "1" and named_everyone(self.form, leaving)):
            adds = next((entry.network for entry in after.entries if entry.id is None), None)
            raise SignsOutOthers(leaving, adds)
        if "ask" in self.form.values and Rehearsal.of_change(Section(before, self.address), after).newly:
            raise UsedLately

    def refused(self, refusal: Refused) -> Response:
        """Show the row's form again, as it was typed; or that the network is gone."""
        section = Section.load()
        try:
            entry = section.allowlist.get(self.id)
        except Gone:
            return answers.gone(section, self.id, self.form, refusal if isinstance(refusal, CsrfStale) else Gone())
        made = changes_behind(refusal, section, self.form, self.id)
        row = RowView(self.mode, self.id, entry, typed=self.form, refusal=refusal, made=made)
        if row.is_question:
            row = replace(row, rehearsal=self.rehearsed(section))
        return answers.form_again(f"_{self.mode}", section, refusal, Opened(row=row))
