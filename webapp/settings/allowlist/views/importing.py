"""What the page of an import shows: the form, and the plan with its lines in error (R13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property

from webapp.domain.allowlist import Refused
from webapp.domain.applying import digest
from webapp.domain.plan import PlanLine
from webapp.domain.text import printable, printable_lines
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.forms.wanted import Wanted
from webapp.settings.allowlist.views.plan import PlanView, about
from webapp.settings.allowlist.views.section import Section
from webapp.storage.last_changes import LastChange

LONGEST = 160  # characters of a line in error; the whole line stands in the text


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A line in error, with the number by which a button names it."""

    index: int
    line: PlanLine

    @property
    def text(self) -> str:
        """The line, cut short; a spreadsheet has tabs between its columns."""
        text = self.line.wanted.text.strip().replace("\t", " ") if self.line.wanted else ""
        return printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


@dataclass(frozen=True)
class ImportView(PlanView):
    """The form, and the plan where there is one."""

    _: KW_ONLY
    text: str = ""
    corrected: str = ""
    trimmed: int = 0

    @classmethod
    def of(
        cls,
        section: Section,
        typed: SubmittedForm,
        wanted: Wanted,
        refusal: Refused | None = None,
        made: tuple[LastChange, ...] = (),
    ) -> ImportView:
        """Return the plan of what is wanted, with what it would do to people."""
        return cls(
            typed=typed,
            refusal=refusal,
            made=made,
            text=wanted.text,
            corrected=wanted.corrected,
            trimmed=sum(line.trimmed for line in wanted.reading.lines),
            **about(section, wanted.planned(section.allowlist)),
        )

    @property
    def place(self) -> str:
        """How the ids of its parts begin."""
        return "import"

    @property
    def shown_text(self) -> str:
        """The text as it may stand in the box, of which HTML drops a line feed that comes first."""
        text = printable_lines(self.text)
        return f"\n{text}" if text.startswith("\n") else text

    @property
    def has_text(self) -> bool:
        """Whether the plan is of a text, of which lines are counted."""
        return True

    def url_with(self, networks: Sequence[str]) -> str:
        """Return nothing: a button adds them to the text."""
        return ""

    @property
    def takes_more(self) -> bool:
        """Whether lines can be added to the text: not to a JSON document."""
        return not self.text.lstrip().startswith(("[", "{"))

    @property
    def mode(self) -> str:
        """What is chosen: add or replace."""
        return "replace" if self.typed["mode"] == "replace" else "add"

    @cached_property
    def errors_in_text(self) -> tuple[ErrorLine, ...]:
        """The lines in error, as the page numbers them: in the order of the text, before removals."""
        lines = self.plan.lines if self.plan else ()
        return tuple(ErrorLine(index, line) for index, line in enumerate(lines) if line.kind == "error")

    @cached_property
    def next_to_correct(self) -> ErrorLine | None:
        """The first line in error that has a button: where one goes on after a correction."""
        with_button = (error for error in self.errors_in_text if error.line.problem and error.line.problem.corrections)
        return next(with_button, None)

    @cached_property
    def without_errors(self) -> str:
        """What names the plan without its lines in error, which its button leaves out; "" where more is to be asked.

        Only of a plan that does nothing but add: there the lines that are left out can mean no other network.
        """
        plan = self.plan
        if plan is None or not plan.open_errors or plan.mode == "replace" or not plan.is_change or plan.too_many:
            return ""
        return digest(replace(plan, leaves_out_errors=True))

    @property
    def names_networks(self) -> bool:
        """Whether the text names any network: without one, nothing is left when the errors are left out."""
        return any(self.plan.counts[kind] for kind in ("add", "change", "keep")) if self.plan else False
