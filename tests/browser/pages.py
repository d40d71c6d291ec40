"""The page of the IP allowlist as a person uses it: each step waits for its effect.

Each accepted step proves that a notice says what was done; with JavaScript also that the page was not loaded anew, and
that the focus went where it should, never to `<body>`.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor
from tests.support.client import BASE

# In the wrong place of an answer the HTML parser closes a form at once: its button does nothing, and nobody is told.
LOOSE_BUTTONS = "[...document.querySelectorAll('main button')].filter(b => !b.form).map(b => b.textContent)"


class AllowlistPage:
    """One owner's page; what a verb in the third person names, the owner does or sees."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.javascript = visitor.javascript
        self.section = self.page.locator("#ip-allowlist")
        self.rows = self.page.locator("#allowlist-rows tr[data-network]")
        self.question = self.page.locator("dialog[open], .question")
        self.network_field = self.page.locator("#add-network")
        self.comment_field = self.page.locator("#add-comment")
        self._mark_the_document()

    def _mark_the_document(self) -> None:
        self.page.evaluate("document.sameAsBefore = true")

    # Going and looking

    def opens(self) -> None:
        """Open the page anew."""
        self.visitor.goes_to(BASE)
        self._mark_the_document()

    def row(self, network: str) -> Locator:
        """Return the row of a network."""
        return self.page.locator(f'tr[data-network="{network}"]')

    def button(self, name: str) -> Locator:
        """Return the button with that name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def lists(self, *networks: str, of: int | None = None) -> None:
        """See these networks, newest first, and no others; `of` so many, where the page has missed some."""
        expect(self.rows.locator("td.net .ip")).to_have_text(list(networks))
        if networks:
            expect(self.page.locator("#allowlist-count")).to_have_text(str(of or len(networks)))

    def is_in(self, *, active: bool) -> None:
        """Have the page, with the list in this state: here, and when opened anew."""
        state = "active" if active else "inactive"
        expect(self.section).to_have_attribute("data-state", state)
        self.opens()
        expect(self.section).to_have_attribute("data-state", state)

    def has_focus(self, place: Locator) -> None:
        """Be there with the keyboard (only htmx could lose the focus)."""
        if self.javascript:
            expect(place).to_be_focused()

    def is_told(self, text: str | re.Pattern[str]) -> None:
        """See what was done in the notice: of the same page, or without JavaScript of the next."""
        self.sees(self.page.locator("#allowlist-notices p"), text)

    def hears(self, text: str | re.Pattern[str]) -> None:
        """With JavaScript be told what has no place on the page."""
        expect(self.page.locator("#live")).to_have_text(text)
        self.is_on_the_same_page()

    def sees(self, place: Locator, text: str | re.Pattern[str]) -> None:
        """See the text in its place, and nowhere else."""
        expect(place).to_have_text(text)
        expect(place).to_be_visible()
        expect(self.page.locator("#live")).to_have_text("")
        self.is_on_the_same_page()

    def is_on_the_same_page(self) -> None:
        """With JavaScript the step loaded no page, lost no focus, and left every button in its form."""
        if self.javascript:
            expect(self.page.locator("body")).not_to_be_focused()
            assert self.page.evaluate("document.sameAsBefore"), "the page was loaded anew"
            assert self.page.evaluate(LOOSE_BUTTONS) == []

    # Adding

    def types(self, network: str, comment: str = "") -> None:
        """Fill in the form and press Add network."""
        self.network_field.fill(network)
        self.comment_field.fill(comment)
        self.button("Add network").click()

    def adds(self, network: str, comment: str = "", *, stored: str = "") -> None:
        """Add a network."""
        self.types(network, comment)
        self.has_added(stored or network, comment)

    def has_added(self, network: str, comment: str = "") -> None:
        """See the new row on top, and the form empty for the next one."""
        expect(self.row(network).locator(".cmt")).to_have_text(comment)
        self.is_told(re.compile(rf"^Added {re.escape(network)}\. \d+ networks?\."))
        expect(self.rows.first).to_have_attribute("data-network", network)
        expect(self.network_field).to_have_value("")
        expect(self.comment_field).to_have_value("")
        self.has_focus(self.network_field)

    def sees_error(self, code: str, field: Locator, typed: str) -> Locator:
        """See an error that belongs to the field, which has the focus and the text as typed. Return the error."""
        error = self.page.locator(f"[data-error={code}]")
        expect(error).to_be_visible()
        expect(field).to_have_value(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_attribute("aria-describedby", str(error.get_attribute("id")))
        self.has_focus(field)
        self.is_on_the_same_page()
        return error

    # Editing and deleting

    def opens_for_editing(self, network: str) -> Locator:
        """Press Edit; the network's field has the focus, with the caret at its end. Return the row."""
        self.row(network).get_by_role("link", name=f"Edit {network}").click()
        field = self.field("Network")
        expect(field).to_have_value(network)
        self.has_focus(field)
        return self.row(network)

    def field(self, label: str) -> Locator:
        """Return a field of the row that is open for editing."""
        return self.page.locator("tr.edit").get_by_label(label)

    def edits(self, network: str, *, to: str = "", comment: str | None = None) -> None:
        """Open a row, change it, and press Save."""
        self.opens_for_editing(network)
        if to:
            self.field("Network").fill(to)
        if comment is not None:
            self.field("Comment").fill(comment)
        self.button("Save").click()

    def has_saved(self, network: str, comment: str = "") -> None:
        """See the row as it is now."""
        expect(self.row(network).locator(".cmt")).to_have_text(comment)
        self.is_told(re.compile(rf"^Saved {re.escape(network)}\."))
        self.has_focus(self.row(network).get_by_role("link", name=f"Edit {network}"))

    def deletes(self, network: str) -> None:
        """Press Delete."""
        self.button(f"Delete {network}").click()

    def has_deleted(self, network: str, *, but: str = "") -> None:
        """See in the row's place that it is gone, with what else is to be said of it, and Undo."""
        expect(self.row(network)).to_have_count(0)
        place = self.page.locator(".undo p" if self.javascript else "#allowlist-offers [data-undo] > p")
        self.sees(place, re.compile(rf"^Deleted {re.escape(network)}[. ].*{re.escape(but)}"))
        self.has_focus(place)
        expect(self.button("Undo")).to_be_visible()

    def undoes(self, network: str) -> None:
        """Press Undo; the network is back."""
        self.button("Undo").click()
        expect(self.row(network)).to_be_visible()
        self.is_told(re.compile(rf"^Restored {re.escape(network)}\."))
        self.has_focus(self.row(network).get_by_role("link", name=f"Edit {network}"))

    def is_refused(self, network: str, code: str) -> Locator:
        """See in the row why nothing was changed. Return the row."""
        refusal = self.row(network).locator(f"[data-refused={code}]")
        expect(refusal).to_be_visible()
        self.has_focus(refusal)
        self.is_on_the_same_page()
        return self.row(network)

    def is_offered(self, place: Locator, *buttons: str) -> None:
        """See these buttons, in this order."""
        expect(place.get_by_role("button")).to_have_text(list(buttons))

    def chooses(self, name: str) -> None:
        """Press a button."""
        self.button(name).click()

    # Activating and deactivating

    def asks_to(self, act: str, heading: str) -> Locator:
        """Press Activate or Deactivate; the question has the focus. Return it."""
        self.button(act).click()
        title = self.question.get_by_role("heading", level=2)
        expect(title).to_have_text(heading)
        self.has_focus(title)
        self.is_on_the_same_page()
        return self.question

    def activates(self) -> None:
        """Activate a list that covers the current address."""
        self.asks_to("Activate", "Activate the IP allowlist?")
        self.chooses("Activate the list")
        self.has_activated()

    def has_activated(self) -> None:
        """See the active list."""
        expect(self.section).to_have_attribute("data-state", "active")
        expect(self.question).to_have_count(0)
        self.is_told(re.compile("^The IP allowlist is active"))
        self.has_focus(self.page.locator("#allowlist-title"))

    def deactivates(self) -> None:
        """Deactivate the list; its networks stay."""
        self.asks_to("Deactivate", "Deactivate the IP allowlist?")
        self.chooses("Deactivate the list")
        expect(self.section).to_have_attribute("data-state", "inactive")
        self.is_told(re.compile("^The IP allowlist is inactive"))
        self.has_focus(self.page.locator("#allowlist-title"))
