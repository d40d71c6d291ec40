"""A form of the section as it is shown, and a row of the table that is more than shown."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

from webapp.domain.allowlist import AddressChanged, Entry, LeavesYouOut, Refused
from webapp.domain.network import Network
from webapp.domain.signed_in import SignsOutOthers
from webapp.domain.text import printable_lines
from webapp.domain.undoing import ChangedSince
from webapp.guard import portal_session
from webapp.settings.allowlist.forms.field_errors import FieldError, field_errors
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.preview import named
from webapp.settings.allowlist.views.rehearsal import Rehearsal, UsedLately
from webapp.settings.allowlist.views.section import Section
from webapp.storage import last_changes
from webapp.storage.last_changes import LastChange
from webapp.storage.past_changes import Past


@dataclass(frozen=True)
class FormView:
    """A form of the section as it is shown (again): what was typed, what is wrong, why it was refused.

    `made` are the changes of somebody else that explain a refusal, the latest first; `rehearsal` says whom its question
    is about, besides those who are signed in now.
    """

    _: KW_ONLY
    typed: SubmittedForm = field(default_factory=SubmittedForm)
    refusal: Refused | None = None
    made: tuple[LastChange, ...] = ()
    rehearsal: Rehearsal = field(default_factory=Rehearsal)

    @property
    def place(self) -> str:
        """How the ids of its parts begin."""
        return "add"

    @cached_property
    def errors(self) -> dict[str, FieldError]:
        """What is wrong with its fields, by the field's name."""
        return field_errors(self.refusal) if self.refusal else {}

    def shown(self, name: str) -> str:
        """Return what the form's field holds: as typed; no comment typed: what stood around the network."""
        moved = self.errors["network"].comment if name == "comment" and "network" in self.errors else ""
        return self.typed.shown(name) or moved

    @property
    def pasted(self) -> str:
        """The lines that were pasted into the field for a network, where it still holds them."""
        return printable_lines(self.typed["pasted"]) if self.typed.typed_network == self.typed["pasted"] else ""

    @property
    def refused(self) -> str:
        """The `data-refused` class of the refusal; empty where there is none, or fields say it."""
        return "" if self.refusal is None or self.errors else self.refusal.code

    @property
    def changed_since(self) -> tuple[Network, ...]:
        """The networks that keep a change from being undone: others have changed them since."""
        return self.refusal.networks if isinstance(self.refusal, ChangedSince) else ()

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


@dataclass(frozen=True)
class QuestionView(FormView):
    """The form of a dialog."""

    @property
    def place(self) -> str:
        """How the ids of its parts begin."""
        return "dialog"


@dataclass(frozen=True)
class RowView(FormView):
    """A row of the list in one of its modes: shown, edit, delete, deleted, undo_refused, gone.

    `past` is the change that Undo was pressed for.
    """

    mode: str
    id: int
    entry: Entry | None = None
    past: Past | None = None

    @property
    def place(self) -> str:
        """How the ids of its parts begin: with the row's own."""
        return f"network-{self.id}"

    @property
    def is_question(self) -> bool:
        """Whether it asks for a yes that its own first button does not give."""
        is_wide = "network" in self.errors and bool(self.errors["network"].wide)
        return is_wide or self.leaves_you_out is not None or self.refused in {SignsOutOthers.code, UsedLately.code}


def changes_behind(
    refusal: Refused, section: Section, typed: SubmittedForm, entry_id: int | None = None
) -> tuple[LastChange, ...]:
    """Return the changes that explain a refusal of a stale or gone form: the network's last, or the list's since."""
    if refusal.code not in {"stale", "gone"}:
        return ()
    reader = portal_session.current()
    if entry_id:
        last = last_changes.last_change(reader.account_id, entry_id=entry_id)
        return (last,) if last else ()
    if typed["version"] in {"", section.allowlist.revision}:
        return ()  # The list is what the form was made from: who is signed in has changed.
    return last_changes.changes_since(reader.account_id, since=typed["version"], reader=reader.user_id)
