"""What of a history is asked for: the texts of a form, a link or a program, read strictly (R15)."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from webapp.domain.event_kinds import KINDS
from webapp.domain.network import Network, NetworkError, parse_network

View = Literal["changes", "access"]
VIEWS: tuple[View, ...] = ("changes", "access")
OPERATOR, OPERATOR_ID = "operator", 0  # as `who`: no user has this id
GROUPS = {
    "networks": ("add", "edit", "delete", "import", "restore", "repair"),
    "state": ("activate", "deactivate"),
    "people": ("user_create", "user_disable", "user_enable", "user_role", "user_password", "user_remove"),
    "tokens": ("api_token_create", "api_token_revoke"),
    "sessions": ("session_end", "session_end_all", "user_end_sessions"),
}
"""What is asked for together, by the word for it."""
ACCESS_KINDS = ("sign_in", "blocked")
FIELDS = ("view", "who", "what", "network", "from", "to", "page")
_CURSOR = struct.Struct(">qq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST_ID = 2**31 - 1  # what a database keeps as an id


class QueryErrors(Exception):
    """What is asked for cannot be understood: by field, a sentence with the way out."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__("; ".join(messages.values()))
        self.messages = dict(messages)


class Cursor(NamedTuple):
    """Where a page ends: the moment and the id of its last entry. The next page is behind it."""

    at: datetime
    id: int

    @property
    def text(self) -> str:
        """The cursor as a link bears it: opaque, and no secret."""
        packed = _CURSOR.pack((self.at - _EPOCH) // timedelta(microseconds=1), self.id)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def from_text(cls, text: str) -> Cursor:
        """Return what `text` made. Raises ValueError: nothing made such a text."""
        try:
            moment, key = _CURSOR.unpack(base64.b64decode(text + "==", altchars=b"-_", validate=True))
            cursor = cls(_EPOCH + timedelta(microseconds=moment), key)
        except (binascii.Error, struct.error, OverflowError, ValueError) as error:
            raise ValueError(text) from error
        if cursor.text != text or not 0 <= key <= LARGEST_ID:
            raise ValueError(text)
        return cursor


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: by whom (a user's id, or OPERATOR_ID), of which kinds (none: all), of when.

    `network`: about one that it contains, or that contains it. `since` is included, `until` is not.
    """

    who: int | None = None
    kinds: tuple[str, ...] = ()
    network: Network | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is asked for: of which view, which entries, and behind which one."""

    view: View = "changes"
    which: Filter = Filter()
    after: Cursor | None = None


def read(texts: Mapping[str, str]) -> HistoryQuery:
    """Return what the texts of FIELDS ask for; an empty one asks for nothing, blanks around one do not count.

    Raises:
        QueryErrors: at least one is nothing that could be meant.
    """
    given = {name: texts.get(name, "").strip() for name in FIELDS}
    errors: dict[str, str] = {}

    def read_one(name: str, reader: Callable[[str], Any]) -> Any:
        try:
            return reader(given[name]) if given[name] else None
        except NetworkError as error:
            errors[name] = error.message
        except ValueError as error:
            errors[name] = str(error)
        return None

    view: View = read_one("view", _view) or "changes"
    which = Filter(
        read_one("who", _who),
        read_one("what", lambda text: _kinds(text, view)) or (),
        read_one("network", parse_network),
        read_one("from", _day),
        read_one("to", _day_after),
    )
    after = read_one("page", _page)
    if which.since and which.until and which.since >= which.until:
        errors["to"] = "The last day is before the first. Swap the two days, or leave one of them out."
    if errors:
        raise QueryErrors(errors)
    return HistoryQuery(view, which, after)


def _view(text: str) -> str:
    if text not in VIEWS:
        raise ValueError("There is no such view. Choose changes or access.")
    return text


def _who(text: str) -> int:
    if text == OPERATOR:
        return OPERATOR_ID
    if not (text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) <= LARGEST_ID):
        raise ValueError("Nobody has this id. Choose a person from the list, or operator.")
    return int(text)


def _kinds(text: str, view: View) -> tuple[str, ...]:
    known = ACCESS_KINDS if view == "access" else KINDS
    kinds = GROUPS.get(text, (text,)) if view == "changes" else (text,)
    if not set(kinds) <= set(known):
        raise ValueError(f"Nothing is called so here. Choose one of {', '.join(_words(view))}.")
    return kinds


def _words(view: View) -> tuple[str, ...]:
    return ACCESS_KINDS if view == "access" else (*GROUPS, *KINDS)


def _day(text: str) -> datetime:
    try:
        if len(text) != len("2026-01-31"):
            raise ValueError(text)
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("This is no day. Write it as year, month and day: 2026-01-31.") from None


def _day_after(text: str) -> datetime | None:
    try:
        return _day(text) + timedelta(days=1)
    except OverflowError:
        return None  # the last day there is


def _page(text: str) -> Cursor:
    try:
        return Cursor.from_text(text)
    except ValueError:
        raise ValueError("This page is not there. Go back to the latest.") from None
