"""History as a file: streamed, so that a long one fills no memory, and only to whoever may still read it (R15)."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Flask, abort, current_app, make_response, request
from werkzeug.wrappers import Response

from webapp.domain.address import Address
from webapp.domain.history_lines import columns, csv_lines, values
from webapp.domain.history_query import FIELDS, HistoryQuery, QueryErrors, read
from webapp.guard import allowlist_cache, portal_session
from webapp.guard.client_address import current_address
from webapp.runtime import clock, logs
from webapp.settings.allowlist.export import DOWNLOADS, file_name
from webapp.settings.history import page
from webapp.settings.history.blueprint import bp
from webapp.settings.history.view import History, asked_texts
from webapp.storage import history_pages
from webapp.storage.allowlists import ListUnreadable
from webapp.storage.engine import failures
from webapp.storage.history_pages import Told

FIRST, BATCH = 100, 1_000  # events that are read at once: at first, and at most
MOST = 2_000_000  # characters that they hold at most: an import alone may name two thousand networks
LONGEST = timedelta(minutes=10)


class CutOff(ConnectionResetError):
    """The file ends before its end: the server closes the connection as if it had broken, and the browser says so."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.ECONNRESET, why)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, from where, and until when at most: the right to read is asked for again with each batch."""

    session_id: str
    account_id: int
    address: Address | None
    until: datetime

    @classmethod
    def present(cls) -> Reader:
        """Return the reader of the request."""
        session = portal_session.current()
        return cls(session.id, session.account_id, current_address(), clock.now() + LONGEST)

    def why_not(self) -> str:
        """Return why they may not read on, or nothing."""
        session = portal_session.load(self.session_id)
        if session is None or session.account_id != self.account_id:
            return "signed_out"
        if not session.is_owner:
            return "no_owner"
        if not allowlist_cache.admits(session, self.address):
            return "not_let_in"
        return "too_long" if clock.now() > self.until else ""


@bp.get("/export")
def export() -> Response:
    """Return all that the filters leave, as CSV unless JSON is asked for; a file has no pages.

    What cannot be looked for is told at its field of the page (422), as there.
    """
    name = request.args.get("format", "csv")
    if name not in WRITERS or any(len(request.args.getlist(field)) > 1 for field in (*FIELDS, "format")):
        abort(422)
    texts, reader = asked_texts() | {"page": ""}, Reader.present()
    try:
        query = read(texts)
    except QueryErrors as wrong:
        return page.answer(History.refused(reader.account_id, texts, wrong.messages), 422)
    return download(reader, query, name)


def download(reader: Reader, query: HistoryQuery, name: str) -> Response:
    """Return the file of that format. Its beginning is read now: what fails is answered with a page of its own."""
    first = history_pages.told(reader.account_id, query, min(FIRST, BATCH), MOST)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
    file = WRITERS[name](query.view, all_of(app, reader, query, first))
    response = make_response(part.encode(errors="replace") for part in file)
    response.headers["Content-Type"] = f"{DOWNLOADS[name].media_type}; charset=utf-8"
    named = file_name(DOWNLOADS[name].extension, "history")
    response.headers["Content-Disposition"] = f'attachment; filename="{named}"'
    return response


def all_of(app: Flask, reader: Reader, query: HistoryQuery, told: Told) -> Iterator[Told]:
    """Yield what was told, and what is behind it. The request is over by then: each batch has a context of its own.

    Twice as many are asked for as the last time: where few of them fit, not all must be measured again and again.
    """
    yield told
    while told.next:
        with app.app_context():
            told = following(reader, replace(query, after=told.next), min(BATCH, 2 * len(told.facts)))
        yield told


def following(reader: Reader, query: HistoryQuery, size: int) -> Told:
    """Return the next batch, at most so many, read in a transaction of its own.

    Raises:
        CutOff: the reader may not read on, or the database does not answer.
    """
    try:
        why = reader.why_not()
        if not why:
            return history_pages.told(reader.account_id, query, size, MOST)
    except (*failures.OUTAGES, ListUnreadable):
        why = "unavailable"
    logs.record("export", why, account=reader.account_id)
    raise CutOff(why)


def as_csv(view: str, batches: Iterator[Told]) -> Iterator[str]:
    """Yield the file, a batch at a time: one event a line."""
    yield csv_lines([columns(view)])
    for told in batches:
        yield csv_lines(values(view, facts) for facts in told.facts)


def as_json(_view: str, batches: Iterator[Told]) -> Iterator[str]:
    """Yield an array, a batch at a time; one that is cut off is no JSON."""
    before = "["
    for told in batches:
        if told.facts:
            yield before + ",".join("\n" + json.dumps(facts, ensure_ascii=False) for facts in told.facts)
            before = ","
    yield "[]\n" if before == "[" else "\n]\n"


WRITERS = {"csv": as_csv, "json": as_json}
"""How a file is written, by the name of its format."""
