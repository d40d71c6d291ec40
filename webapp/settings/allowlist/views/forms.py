"""A form of the section as it is shown, and a row of the table that is more than shown."""

from __future__ import annotations

from webapp.domain.allowlist import AddressChanged, Entry, LeavesYouOut, Refused
from webapp.domain.signed_in import SignsOutOthers
from webapp.settings.allowlist.forms import FieldError, SubmittedForm, field_errors
from webapp.settings.allowlist.views.preview import named


class FormView:
    """A form of the section as it is shown (again): what was typed, what is wrong, why it was refused."""

    def __init__(self, typed: SubmittedForm | None = None, refusal: Refused | None = None) -> None:
        self.typed = typed or SubmittedForm()
        self.refusal = refusal
        self.errors: dict[str, FieldError] = field_errors(refusal) if refusal else {}

    def shown(self, name: str) -> str:
        """Return what the form's field holds: as typed; no comment typed: what stood around the network."""
        moved = self.errors["network"].comment if name == "comment" and "network" in self.errors else ""
        return self.typed.shown(name) or moved

    @property
    def refused(self) -> str:
        """The `data-refused` class of the refusal; empty where there is none, or fields say it."""
        return "" if self.refusal is None or self.errors else self.refusal.code

    @property
    def leaves_you_out(self) -> LeavesYouOut | None:
        """The question that R6 asks of the change from the present address, where it does."""
        refusal = self.refusal.question if isinstance(self.refusal, AddressChanged) else self.refusal
        return refusal if isinstance(refusal, LeavesYouOut) else None

    def errors_besides(self, shown: tuple[str, ...]) -> list[FieldError]:
        """Return the errors of fields that the form has no input for, so that no refusal goes unexplained."""
        return [error for name, error in self.errors.items() if name not in shown]

    @property
    def preview(self) -> str:
        """The form's `preview` field: whom the refusal names."""
        return named(self.refusal.people, self.typed) if isinstance(self.refusal, SignsOutOthers) else ""


class RowView(FormView):
    """A row of the list that is not just shown: opened for editing, asked about, or gone."""

    def __init__(
        self,
        mode: str,
        entry_id: int,
        entry: Entry | None = None,
        typed: SubmittedForm | None = None,
        refusal: Refused | None = None,
    ) -> None:
        super().__init__(typed, refusal)
        self.mode = mode
        self.id = entry_id
        self.entry = entry
