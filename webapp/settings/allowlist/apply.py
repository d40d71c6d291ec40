"""Applying the plan of an import (R13, R14)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Refused
from webapp.domain.plan import Plan
from webapp.settings.allowlist import change
from webapp.settings.allowlist.forms.field_errors import FieldErrors
from webapp.settings.allowlist.forms.submitted import CsrfStale
from webapp.settings.allowlist.forms.wanted import wanted
from webapp.settings.allowlist.importing import form_again, shown
from webapp.settings.allowlist.plan_change import PlanChange, of_fields
from webapp.settings.allowlist.views.forms import changes_behind
from webapp.settings.allowlist.views.importing import ImportView
from webapp.settings.allowlist.views.section import Section


class ApplyImport(PlanChange):
    """Apply the plan of the text that is sent."""

    kind = "import"
    already = "Already imported."

    def __init__(self) -> None:
        super().__init__()
        self.wanted = self.parse(lambda: wanted(self.form))

    def planned(self, present: Allowlist) -> Plan:
        """Return what the text would change."""
        return self.wanted().planned(present)

    def refused(self, refusal: Refused) -> Response:
        """Show the plan as it is now, or the form where nothing can be planned, with why."""
        refusal = of_fields(refusal)
        try:
            meant = self.wanted()
        except FieldErrors as error:
            return form_again(self.form, refusal if isinstance(refusal, CsrfStale) else error)
        section = Section.load()
        made = changes_behind(refusal, section, self.form)
        return shown(ImportView.of(section, self.form, meant, refusal, made))


change.register("/import/apply", "apply_import", ApplyImport)
