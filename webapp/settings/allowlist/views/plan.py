"""What a page shows of a plan: its lines, and the one question that it asks (R13, R14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

from webapp.domain.allowlist import LeavesYouOut
from webapp.domain.applying import digest
from webapp.domain.leaving_out import settle
from webapp.domain.network import Network
from webapp.domain.plan import Kind, Plan, PlanLine
from webapp.domain.signed_in import Person
from webapp.settings.allowlist.forms.field_errors import wide_message
from webapp.settings.allowlist.views.forms import FormView
from webapp.settings.allowlist.views.plan_words import does, signs_out, summary, too_many
from webapp.settings.allowlist.views.preview import named, signed_out
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section

GROUPS: tuple[tuple[Kind, str], ...] = (
    ("add", "To add"),
    ("change", "To change"),
    ("remove", "To remove"),
    ("repeat", "Repeated"),
    ("keep", "Unchanged"),
)


@dataclass(frozen=True)
class PlanView(FormView):
    """A form with a plan, or without one. `leaving` are the people whom it would sign out; `question` is R6's."""

    _: KW_ONLY
    section: Section
    plan: Plan | None = None
    leaving: tuple[Person, ...] = ()
    question: LeavesYouOut | None = None

    @property
    def takes_more(self) -> bool:
        """Whether networks can be put into the plan that would let people in."""
        return True

    @property
    def has_text(self) -> bool:
        """Whether the plan is of a text, of which lines are counted."""
        return False

    def url_with(self, networks: Sequence[str]) -> str:
        """Return where the plan is shown with these networks in it, too; "" where a button of its form does that."""
        raise NotImplementedError

    @property
    def preview(self) -> str:
        """The form's `preview` field: whom the plan names."""
        return named(self.leaving, self.typed)

    @property
    def leaves_you_out(self) -> LeavesYouOut | None:
        """The question that R6 asks of the plan."""
        return self.question

    @cached_property
    def groups(self) -> list[tuple[Kind, str, tuple[PlanLine, ...]]]:
        """The lines that are not in error, by what becomes of them."""
        return [(kind, title, self.plan.of(kind)) for kind, title in GROUPS if self.plan and self.plan.counts[kind]]

    @cached_property
    def wide(self) -> list[tuple[Network, str]]:
        """The very wide networks among what is added, with what they would do."""
        return [(network, wide_message(network)) for network in self.plan.wide] if self.plan else []

    @cached_property
    def digest(self) -> str:
        """What names the plan."""
        return digest(self.plan) if self.plan else ""

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


def about(section: Section, plan: Plan) -> dict[str, Any]:
    """Return a plan as a `PlanView` has it, with what it would do to people."""
    question = _asked(section, plan)
    after = plan.result
    if question and "add_current" in question.ways_out and section.address is not None:
        after = after.add_current(section.address)  # the way out counts as taken
    leaving, rehearsal = signed_out(section.allowlist, after), Rehearsal.of_change(section, plan.result)
    return {"section": section, "plan": plan, "question": question, "leaving": leaving, "rehearsal": rehearsal}


def _asked(section: Section, plan: Plan) -> LeavesYouOut | None:
    """Return what R6 would ask of the plan."""
    try:
        settle(section.allowlist, plan.result, section.address)
    except LeavesYouOut as question:
        return question
    return None
