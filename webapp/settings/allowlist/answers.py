"""Answers of the section: with htmx a partial and what else changed on the page, without it a full page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import flash, make_response, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import AddressChanged, Entry, Gone, LeavesYouOut, Refused
from webapp.domain.signed_in import SignsOutOthers
from webapp.settings.allowlist.forms import CsrfStale, FieldError, SubmittedForm, field_errors
from webapp.settings.allowlist.undo import offers_for
from webapp.settings.allowlist.views.chart import BlockedAttempts
from webapp.settings.allowlist.views.people import SignedInNow
from webapp.settings.allowlist.views.preview import named
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome
from webapp.web import htmx

FOLDER = "settings/allowlist"
MAX_PENDING_NOTICES = 2


def full_page(section: Section, status: int = 200, **opened: Any) -> Response:
    """Return the whole page with the section, and whatever of it is `opened`; an opened row decides the page."""
    row: RowView | None = opened.get("row")
    if row is not None:
        section = replace(section, opened=row.id)
    tools = {"now": SignedInNow.load(section), "attempts": BlockedAttempts.load(section), "offers": offers_for(section)}
    opened = tools | opened
    return make_response(render_template(f"{FOLDER}/page.html", section=section, **template_context(opened)), status)


def partial(name: str, section: Section, status: int = 200, **opened: Any) -> Response:
    """Return one partial of the section."""
    return make_response(render_template(f"{FOLDER}/{name}.html", section=section, **template_context(opened)), status)


def template_context(opened: dict[str, Any]) -> dict[str, Any]:
    """Return the context of page and partials: everything closed but what is opened."""
    names = ("adding", "row", "dialog", "check", "focus", "undo", "live", "refused", "keep_form", "instead")
    return dict.fromkeys(names) | opened


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


def status_of(refusal: Refused) -> int:
    """Return the status of a refusal (docs/architecture.md)."""
    if isinstance(refusal, CsrfStale):
        return 400
    if isinstance(refusal, Gone):
        return 404
    return 422 if field_errors(refusal) else 409


def form_again(template: str, section: Section, refusal: Refused, **opened: Any) -> Response:
    """Return a refused form: its partial with htmx, else the page."""
    status = status_of(refusal)
    if not htmx.is_htmx():
        return full_page(section, status, **opened)
    response = partial(template, section, status, **opened)
    return with_present_address(response, section) if isinstance(refusal, AddressChanged) else response


def with_present_address(response: Response, section: Section) -> Response:
    """Return the response with the strip that names the current address, which the page has not shown yet (R5a)."""
    response.data += partial("_your_address_oob", section).data
    hooks = {name: section.hooks.get(name, "") for name in ("covered", "current-address")}
    response.headers["HX-Trigger"] = json.dumps({"allowlist:address": hooks})
    return response


def accepted(
    outcome: Outcome, live: str, name: str, to: tuple[str, str] | None = None, *, focus: str = "heading", **opened: Any
) -> Response:
    """Answer an accepted change: the partial for where it was made, and what else on the page follows from it.

    The partial goes `to` (selector, swap), where that is not the form's own target. The whole section where the table
    comes or goes, or where the form had been sent before.
    """
    if not htmx.is_htmx():
        return redirect_to_list(live, opened.get("undo"))
    section = Section.of(outcome.after)
    if outcome.repeated or not (outcome.before.entries and outcome.after.entries):
        return whole_section(section, live, focus=focus, **opened)
    response = partial(name, section, live=live, focus=focus, **({"added": outcome.added} | opened))
    response = with_changed_event(response, section, outcome.before.revision)
    return htmx.retarget(response, *to) if to else response


def repeated(outcome: Outcome, live: str) -> Response:
    """Answer a form that had been sent before: whatever came of it is in the section as it is now."""
    return whole_section(Section.of(outcome.after), live, focus="heading") if htmx.is_htmx() else redirect_to_list(live)


def whole_section(section: Section, live: str, **opened: Any) -> Response:
    """Return the whole section after a change."""
    response = partial("_whole_section", section, live=live, **opened)
    return htmx.retarget(with_changed_event(response, section), "#ip-allowlist", "outerHTML")


def with_changed_event(response: Response, section: Section, previous: str = "") -> Response:
    """Return the response with the event that tells the rest of the page of the changed list.

    `previous` is the revision that the change was made to: a page that shows another one has missed a change.
    """
    response.headers["HX-Trigger"] = json.dumps({"allowlist:changed": section.hooks | {"previous": previous}})
    return response


def redirect_to_list(text: str, undo: str | None = None) -> Response:
    """Send a browser without htmx to the list, where it is told what was done."""
    flash_notice(text, undo)
    return redirect(url_for("allowlist.show"), code=303)


def flash_notice(text: str, undo: str | None = None) -> None:
    """Keep a notice for the next page, with the last ones that no page has shown yet: a cookie has 4 KB."""
    session["_flashes"] = session.get("_flashes", [])[-MAX_PENDING_NOTICES:]
    flash({"text": text, "undo": undo}, "allowlist")  # type: ignore[arg-type]


def gone(
    section: Section, entry_id: int, typed: SubmittedForm | None = None, refusal: Refused | None = None
) -> Response:
    """Answer for a network that is not there: deleted, never there and somebody else's look alike (R1)."""
    refusal = refusal or Gone()
    return form_again("_gone", section, refusal, row=RowView("gone", entry_id, typed=typed, refusal=refusal))
