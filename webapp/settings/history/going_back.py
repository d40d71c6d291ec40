"""Going back: to the list as it was after an event, or to one without what it did, by a plan (R16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

from flask import abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Refused
from webapp.domain.history_query import LARGEST_ID
from webapp.domain.network import Network, NetworkError, parse_network
from webapp.guard import portal_session
from webapp.runtime import logs
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.announcements import stays_inactive
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.forms.submitted import MAX_OFFERED, CsrfStale, SubmittedForm
from webapp.settings.allowlist.plan_change import PlanChange, of_fields
from webapp.settings.allowlist.views.forms import changes_behind
from webapp.settings.allowlist.views.plan import PlanView, about
from webapp.settings.allowlist.views.section import Section
from webapp.storage import history
from webapp.storage.allowlists import Outcome
from webapp.storage.history import PastEvent
from webapp.web import htmx


@dataclass(frozen=True)
class GoingBackView(PlanView):
    """The plan that goes back, or why there is none. `way` is the part of the URL behind the event: restore, undo."""

    _: KW_ONLY
    event: PastEvent
    way: str
    also: tuple[Network, ...] = ()

    @property
    def place(self) -> str:
        """How the ids of its parts begin."""
        return self.way

    @property
    def title(self) -> str:
        """What would be done."""
        return "Restore the list as it was after this" if self.way == "restore" else "Undo this change"

    @property
    def url(self) -> str:
        """Where the plan is shown and applied."""
        return url_for(f"history.{self.way}", event_id=self.event.id)

    def url_with(self, networks: Sequence[str]) -> str:
        """Return where the plan is shown with these networks in it, too."""
        wanted = " ".join(dict.fromkeys([*(network.text for network in self.also), *networks]))
        return url_for(f"history.{self.way}", event_id=self.event.id, also=wanted)


class GoBack(PlanChange):
    """Apply the plan that goes back. What was then never changes: it is read before anything is locked."""

    kind = "restore"
    way: ClassVar[str]
    key: ClassVar[str]  # by which the new event names the one that it goes back to
    was_active: bool  # before what is undone, or after what is gone back to

    def __init__(self, event_id: int) -> None:
        super().__init__()
        if request.method != "POST":
            self.form = SubmittedForm({"also": request.args.get("also", "")})
        self.event = event_or_404(event_id)
        self.also = self.parse(lambda: networks_of(self.form["also"]))

    @property
    def back_to(self) -> Mapping[str, int]:
        """The event that the change goes back to, and how."""
        return {self.key: self.event.id}

    def done(self, outcome: Outcome) -> str:
        """Return what was done; where the list was active then, that it is not now."""
        return f"{super().done(outcome)}{stays_inactive(outcome) if self.was_active else ''}"

    def refused(self, refusal: Refused) -> Response:
        """Show the plan as it is now, with why; or only why, where there is none."""
        return shown(self.view(of_fields(refusal)))

    def view(self, refusal: Refused | None = None) -> GoingBackView:
        """Return the plan against the present list, with why it was refused; where none can be made, that is why."""
        section = Section.load()
        view = GoingBackView(section=section, event=self.event, way=self.way, typed=self.form, refusal=refusal)
        try:
            plan = about(section, self.planned(section.allowlist))
        except Refused as why:
            return view if isinstance(refusal, CsrfStale) else replace(view, refusal=why)
        made = changes_behind(refusal, section, self.form) if refusal else ()
        return replace(view, made=made, also=self.also(), **plan)

    def question(self) -> Response:
        """Return the plan; nothing is changed."""
        view = self.view()
        if view.refusal:
            logs.record("refused", view.refusal.code, kind=self.kind)
        return shown(view)


def event_or_404(event_id: int) -> PastEvent:
    """Return the account's event; 404 for another account's, as for one that never was (R1)."""
    found = history.event(portal_session.current().account_id, event_id) if event_id <= LARGEST_ID else None
    return found or abort(404)


def networks_of(text: str) -> tuple[Network, ...]:
    """Return the networks that are wanted besides, or raise FieldErrors."""
    try:
        return tuple(dict.fromkeys(map(parse_network, text.split(maxsplit=MAX_OFFERED))))
    except NetworkError as error:
        raise FieldErrors(also=FieldError.of(error)) from error


def shown(view: GoingBackView) -> Response:
    """Return the page; with htmx the plan in the place of the one before."""
    status = answers.status_of(view.refusal) if view.refusal else 200
    whole = {"view": view, "section": view.section}
    if htmx.is_htmx() and request.method == "POST":
        return make_response(render_template("settings/history/_going_back.html", **whole), status)
    return htmx.page("settings/history/going_back.html", status, **whole)
