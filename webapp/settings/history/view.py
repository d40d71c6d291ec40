"""What the section shows: what was asked for, and the events that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from webapp.domain.history_query import FIELDS, VIEWS, Cursor, HistoryQuery
from webapp.domain.text import printable
from webapp.settings.history import labels
from webapp.storage import access, accounts, history, stored_lists
from webapp.storage.access import PastAccess
from webapp.storage.history import PastEvent

MAX_TEXT = 200


def asked_texts() -> dict[str, str]:
    """Return what the request asks for, as it was typed."""
    return {name: printable(request.args.get(name, "")[:MAX_TEXT]) for name in FIELDS}


@dataclass(frozen=True)
class History:
    """A page of an account's history, for those who own it.

    `texts` is what was asked for, as typed; `errors` say by field what of it means nothing. `listed`: rows of the list
    by network, of those that the events name.
    """

    texts: Mapping[str, str]
    people: Mapping[int, str]
    entries: Sequence[PastEvent | PastAccess] = ()
    next: Cursor | None = None
    listed: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refused(cls, account_id: int, texts: Mapping[str, str], errors: Mapping[str, str]) -> History:
        """Return the page of what cannot be looked for."""
        return cls(texts, accounts.people(account_id), errors=errors)

    @classmethod
    def load(cls, account_id: int, texts: Mapping[str, str], query: HistoryQuery) -> History:
        """Return the events that were asked for."""
        people = accounts.people(account_id)
        if query.view == "access":
            entries, following = access.page(account_id, query.which, query.after)
            return cls(texts, people, entries, following)
        events, following = history.page(account_id, query.which, query.after)
        return cls(texts, people, events, following, listed_of(account_id, events))

    @property
    def view(self) -> str:
        """Which view is shown."""
        return self.texts["view"] if self.texts["view"] in VIEWS else VIEWS[0]

    @property
    def is_latest(self) -> bool:
        """Whether the page begins with the latest."""
        return not self.texts["page"]

    @property
    def is_filtered(self) -> bool:
        """Whether less than everything is asked for."""
        return any(self.texts[name] for name in ("who", "what", "network", "from", "to"))

    @property
    def who_options(self) -> dict[str, str]:
        """Whom to choose from: the account's people, the operator, and who is asked for though they have left."""
        options = {str(key): name for key, name in self.people.items()} | labels.WHO_ELSE
        asked = self.texts["who"]
        if asked in options or not asked or "who" in self.errors:
            return options
        return options | {asked: self.entries[0].by if self.entries else f"Somebody else (id {asked})"}

    @property
    def on_paper(self) -> str:
        """What a printed page was searched for, and whether it is all of it: the form and the links are not printed."""
        what = {value: text for options in labels.WHAT[self.view].values() for value, text in options.items()}
        words = {"who": self.who_options, "what": what}
        asked = [(name, self.texts[name]) for name in ("who", "what", "network", "from", "to") if self.texts[name]]
        told = "; ".join(f"{name} {words.get(name, {}).get(text, text)}" for name, text in asked)
        return " ".join(filter(None, (f"Searched for: {told}." if told else "", self.next and "There are older ones.")))

    def asking(self, **other: str) -> dict[str, Any]:
        """Return the query string that asks for the same but for `other`, from the latest on."""
        asked = {name: text for name, text in {**self.texts, "page": "", **other}.items() if text}
        return asked if asked.get("view") != VIEWS[0] else {k: v for k, v in asked.items() if k != "view"}

    @property
    def said(self) -> str:
        """What was found, as a sentence."""
        count, what = len(self.entries), "change" if self.view == "changes" else "entry"
        if not count:
            return "Nothing matches." if self.is_filtered else "Nothing yet."
        plural = "entries" if what == "entry" else "changes"
        order = "the latest first" if self.is_latest else "earlier ones"
        return f"1 {what}." if count == 1 else f"{count} {plural}, {order}."


def listed_of(account_id: int, events: Sequence[PastEvent]) -> dict[str, int]:
    """Return the rows of the networks that the events' sentences name and that are still listed, by network."""
    named = {text for event in events for act in event.acts for text in (act.network, act.to) if text}
    return stored_lists.listed(account_id, named)
