"""Answers of the section: with htmx a partial and what else changed on the page, without it a full page."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from flask import flash, make_response, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import AddressChanged, Entry, Gone, Refused
from webapp.domain.nesting import Nesting
from webapp.guard import portal_session
from webapp.settings.allowlist.forms.field_errors import field_errors
from webapp.settings.allowlist.forms.submitted import CsrfStale, SubmittedForm
from webapp.settings.allowlist.views.chart import BlockedAttempts
from webapp.settings.allowlist.views.forms import RowView, changes_behind
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.people import SignedInNow
from webapp.settings.allowlist.views.query import Query
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section
from webapp.settings.allowlist.views.undo import offers_for
from webapp.storage import last_changes
from webapp.storage.allowlists import Outcome
from webapp.web import htmx

FOLDER = "settings/allowlist"
MAX_PENDING_NOTICES = 2
MOST_RENESTED = 100
CLOSED = Opened()


def full_page(section: Section, opened: Opened = CLOSED, status: int = 200) -> Response:
    """Return the whole page with the section, and whatever of it is `opened`; an opened row decides the page."""
    if opened.row is not None:
        section = replace(section, opened=opened.row.id)
    section = section.with_activation().with_changes()
    opened = replace(
        opened,
        now=opened.now or SignedInNow.load(section),
        attempts=BlockedAttempts.load(section),
        if_active=Rehearsal.if_active(section),
        last=last_changes.newest(portal_session.current().account_id),
        offers=offers_for(section),
    )
    return partial("page", section, opened, status)


def partial(name: str, section: Section, opened: Opened = CLOSED, status: int = 200) -> Response:
    """Return one template of the section."""
    return make_response(render_template(f"{FOLDER}/{name}.html", **template_context(section, opened)), status)


def template_context(section: Section, opened: Opened) -> dict[str, Any]:
    """Return what the templates know, by name."""
    return {"section": section} | {field.name: getattr(opened, field.name) for field in fields(opened)}


def status_of(refusal: Refused) -> int:
    """Return the status of a refusal (docs/architecture.md)."""
    if isinstance(refusal, CsrfStale):
        return 400
    if isinstance(refusal, Gone):
        return 404
    return 422 if field_errors(refusal) else 409


def form_again(template: str, section: Section, refusal: Refused, opened: Opened) -> Response:
    """Return a refused form: its partial with htmx, else the page."""
    status = status_of(refusal)
    if not htmx.is_htmx():
        return full_page(section, opened, status)
    response = partial(template, section, opened, status)
    return with_present_address(response, section) if isinstance(refusal, AddressChanged) else response


def with_present_address(response: Response, section: Section) -> Response:
    """Return the response with the strip that names the current address, which the page has not shown yet (R5a)."""
    response.data += partial("_your_address_oob", section).data
    hooks = {name: section.hooks.get(name, "") for name in ("covered", "current-address")}
    return htmx.trigger(response, "allowlist:address", hooks)


def accepted(outcome: Outcome, name: str, opened: Opened, to: tuple[str, str] | None = None) -> Response:
    """Answer an accepted change: the partial for where it was made, and what else on the page follows from it.

    The partial goes `to` (selector, swap), where that is not the form's own target. The whole section where the table
    comes or goes, or where the form had been sent before.
    """
    if not htmx.is_htmx():
        return redirect_to_list(opened.live, opened.undo)
    section = Section.of(outcome.after).with_activation()
    if outcome.repeated or not (outcome.before.entries and outcome.after.entries):
        return whole_section(section, opened)
    if opened.entry:
        section = section.with_changes(opened.entry)
    response = partial(name, section, opened)
    with_changed_event(response, section, outcome.before.revision, renested(outcome))
    return htmx.retarget(response, *to) if to else response


def repeated(outcome: Outcome, live: str) -> Response:
    """Answer a form that had been sent before: whatever came of it is in the section as it is now."""
    if not htmx.is_htmx():
        return redirect_to_list(live)
    return whole_section(Section.of(outcome.after).with_activation(), Opened(live=live, focus="heading"))


def whole_section(section: Section, opened: Opened) -> Response:
    """Return the whole section after a change."""
    response = partial("_whole_section", section.with_changes(), opened)
    return htmx.retarget(with_changed_event(response, section), "#ip-allowlist", "outerHTML")


def with_changed_event(
    response: Response, section: Section, previous: str = "", inside: dict[str, list[int]] | None = None
) -> Response:
    """Return the response with the event by which the rest of the page learns that the list has changed.

    `previous` is the revision that the change was made to: a page that shows another one has missed a change. `inside`:
    rows by the network that they are inside now.
    """
    moved = {"inside": inside} if inside else {}
    return htmx.trigger(response, "allowlist:changed", {**section.hooks, "previous": previous, **moved})


def renested(outcome: Outcome) -> dict[str, list[int]]:
    """Return the rows around which another network is the narrowest now, by that network; "": none is.

    It goes into a header, so of very many only the first ones: those that the page shows, then the newest.
    """
    before, after = ({one.network.text: one.network for one in at.entries} for at in (outcome.before, outcome.after))
    changed = {text: (before | after)[text] for text in before.keys() ^ after.keys()}

    def is_around(entry: Entry) -> bool:
        return any(network.contains_network(entry.network) for network in changed.values())

    near = [one for one in outcome.after.entries if one.network.text not in changed and is_around(one)]
    if not near:
        return {}
    was, now = Nesting(before.values()), Nesting(after.values())
    moved = [one for one in near if was.wider_than(one.network) != now.wider_than(one.network)]
    if len(moved) > MOST_RENESTED:
        page = replace(Section.of(outcome.before), query=Query.of_page())
        on_page = {one.id for one in page.shown}
        moved.sort(key=lambda one: one.id not in on_page)
    inside: dict[str, list[int]] = {}
    for entry in moved[:MOST_RENESTED]:
        inside.setdefault(str(now.wider_than(entry.network) or ""), []).append(entry.id or 0)
    return inside


def redirect_to_list(text: str, undo: str = "") -> Response:
    """Send a browser without htmx to the list, which shows a notice of what was done."""
    flash_notice(text, undo)
    return redirect(url_for("allowlist.show"), code=303)


def to_list(text: str, undo: str = "") -> Response:
    """Send the browser from another page to the list, which shows a notice of what was done."""
    flash_notice(text, undo)
    return htmx.see_other(url_for("allowlist.show"))


def flash_notice(text: str, undo: str = "") -> None:
    """Store a notice for the next page, with the last ones that no page has shown yet: a cookie has 4 KB."""
    session["_flashes"] = session.get("_flashes", [])[-MAX_PENDING_NOTICES:]
    flash({"text": text, "undo": undo or None}, "allowlist")  # type: ignore[arg-type]


def gone(section: Section, entry_id: int, typed: SubmittedForm, refusal: Refused) -> Response:
    """Answer for a network that is not there: deleted, never there and somebody else's look alike (R1)."""
    made = changes_behind(refusal, section, typed, entry_id)
    row = RowView("gone", entry_id, typed=typed, refusal=refusal, made=made)
    return form_again("_gone", section, refusal, Opened(row=row))
