"""What the page of an import shows: the form, and the plan with its one question (R13, R14)."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property

from webapp.domain.allowlist import LeavesYouOut, Refused
from webapp.domain.applying import digest
from webapp.domain.leaving_out import settle
from webapp.domain.network import Network
from webapp.domain.plan import Kind, Plan, PlanLine
from webapp.domain.signed_in import Person, may_sign_out, parted
from webapp.domain.text import printable, printable_lines
from webapp.guard import portal_session
from webapp.settings.allowlist.forms.field_errors import wide_message
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.forms.wanted import Wanted
from webapp.settings.allowlist.views.forms import FormView
from webapp.settings.allowlist.views.plan_words import does, signs_out, summary, too_many
from webapp.settings.allowlist.views.preview import named
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section
from webapp.storage.last_changes import LastChange

LONGEST = 160  # characters of a line in error; the whole line stands in the text
GROUPS: tuple[tuple[Kind, str], ...] = (
    ("add", "To add"),
    ("change", "To change"),
    ("remove", "To remove"),
    ("repeat", "Repeated"),
    ("keep", "Unchanged"),
)


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A line in error, with the number by which a button names it."""

    index: int
    line: PlanLine

    @property
    def text(self) -> str:
        """The line, cut short."""
        text = self.line.wanted.text.strip() if self.line.wanted else ""
        return printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


@dataclass(frozen=True)
class ImportView(FormView):
    """The form, and the plan where there is one. `leaving` are the people whom it would sign out."""

    _: KW_ONLY
    section: Section
    text: str = ""
    plan: Plan | None = None
    leaving: tuple[Person, ...] = ()
    question: LeavesYouOut | None = None
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
        plan = wanted.planned(section.allowlist)
        question = _asked(section, plan)
        return cls(
            section=section,
            typed=typed,
            refusal=refusal,
            made=made,
            text=wanted.text,
            plan=plan,
            leaving=_leaving(section, plan, question),
            question=question,
            corrected=wanted.corrected,
            trimmed=sum(line.trimmed for line in wanted.reading.lines),
            rehearsal=Rehearsal.of_change(section, plan.result),
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
    def may_have_lines(self) -> bool:
        """Whether lines can be added to the text: not to a JSON document."""
        return not self.text.lstrip().startswith(("[", "{"))

    @property
    def mode(self) -> str:
        """What is chosen: add or replace."""
        return "replace" if self.typed["mode"] == "replace" else "add"

    @property
    def preview(self) -> str:
        """The form's `preview` field: whom the plan names."""
        return named(self.leaving, self.typed)

    @property
    def leaves_you_out(self) -> LeavesYouOut | None:
        """The question that R6 asks of the plan."""
        return self.question

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
    def groups(self) -> list[tuple[Kind, str, tuple[PlanLine, ...]]]:
        """The other lines, by what becomes of them."""
        return [(kind, title, self.plan.of(kind)) for kind, title in GROUPS if self.plan and self.plan.counts[kind]]

    @cached_property
    def wide(self) -> list[tuple[Network, str]]:
        """The very wide networks among what is added, with what they would do."""
        return [(network, wide_message(network)) for network in self.plan.wide] if self.plan else []

    @cached_property
    def digest(self) -> str:
        """What names the plan."""
        return digest(self.plan) if self.plan else ""

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

    @property
    def summary(self) -> str:
        """How many lines are what."""
        return summary(self.plan) if self.plan else ""

    @property
    def verb(self) -> str:
        """What the plan does, as its button says it."""
        return does(self.plan) if self.plan else ""

    @property
    def too_many(self) -> str:
        """That the list would hold more than it may, and the way out."""
        return too_many(self.plan)

    @property
    def leaving_title(self) -> str:
        """How many people would be signed out, or who."""
        people = self.leaving[0].name if len(self.leaving) == 1 else f"{len(self.leaving):,} people"
        return f"This would sign {people} out: no network of the new list contains their address."

    @property
    def and_signs_out(self) -> str:
        """What it does to other people, behind that."""
        return signs_out(self.leaving)


def _asked(section: Section, plan: Plan) -> LeavesYouOut | None:
    """Return what R6 would ask of the plan."""
    try:
        settle(section.allowlist, plan.result, section.address)
    except LeavesYouOut as question:
        return question
    return None


def _leaving(section: Section, plan: Plan, question: LeavesYouOut | None) -> tuple[Person, ...]:
    """Return the people whom the plan would sign out; a way out that adds the current address counts as taken."""
    after = plan.result
    if question and "add_current" in question.ways_out and section.address is not None:
        after = after.add_current(section.address)
    if not may_sign_out(section.allowlist, after):
        return ()
    return parted(section.allowlist, after, portal_session.other_people()).leaving
