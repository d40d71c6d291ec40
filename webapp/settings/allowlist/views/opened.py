"""What of the section's page is open, beside the list."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.allowlist import Entry
from webapp.settings.allowlist.views.chart import BlockedAttempts
from webapp.settings.allowlist.views.check import Check
from webapp.settings.allowlist.views.forms import FormView, RowView
from webapp.settings.allowlist.views.people import SignedInNow
from webapp.settings.allowlist.views.preview import Preview
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.undo import Offer
from webapp.storage.last_changes import LastChange


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What the page and its partials show besides the section: by default everything is closed.

    The fields are the names that the templates know.
    """

    adding: FormView | None = None  # the add form, filled
    keep_form: bool = False  # leave the add form of the page as it is
    row: RowView | None = None
    entry: Entry | None = None  # of the row that the partial is
    added: tuple[Entry, ...] = ()  # new rows of the table
    dialog: str = ""  # "activate" or "deactivate"
    form: FormView | None = None  # of the dialog
    preview: Preview | None = None  # of activating
    check: Check | None = None
    now: SignedInNow | None = None
    refused: str = ""  # why nobody was signed out
    attempts: BlockedAttempts | None = None
    if_active: Rehearsal | None = None  # of an inactive list
    last: LastChange | None = None  # of the list
    offers: tuple[Offer, ...] = ()  # what can be undone
    undo: str = ""  # the token of the delete that was just made
    turned: bool = False  # to another page of what a search has found
    focus: str | None = None
    live: str = ""  # what is announced
