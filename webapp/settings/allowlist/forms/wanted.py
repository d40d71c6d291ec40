"""What the form of an import says: a text or a file, read, and what is to be done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from flask import request

from webapp.domain.allowlist import Allowlist
from webapp.domain.plan import Mode, Plan, plan
from webapp.domain.reading.decoding import decode
from webapp.domain.reading.read import Reading, read
from webapp.domain.reading.unreadable import Unreadable
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.forms.submitted import SubmittedForm

_NEWLINE = re.compile(r"\r\n?")
_CORRECT = re.compile(r"([0-9]{1,4}) (.+)")
_BLANK_CONTROLS = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x1f\x85", " "))
_EMPTY = FieldError("required", "Paste the networks here, or choose a file.")
_NOTHING = FieldError("nothing", "No network was found in this. Write one a line, like 203.0.113.0/24.")
_BOTH = FieldError(
    "both", "There is a text here, and a file. Send the text, or empty the box and choose the file again."
)
_MODE = FieldError("mode", "Choose whether to add to the list or to replace it.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form wants: its text, read, and how. `corrected` is the line that a button has just corrected."""

    reading: Reading
    mode: Mode
    leaves_out_errors: bool = False
    corrected: str = ""

    @property
    def text(self) -> str:
        """The text, with line feeds between its lines."""
        return self.reading.text

    def planned(self, present: Allowlist) -> Plan:
        """Return what this would change of a list."""
        return plan(present, self.reading.lines, self.mode, leave_out_errors=self.leaves_out_errors)


def wanted(form: SubmittedForm) -> Wanted:
    """Read the form.

    Raises:
        FieldErrors: there is no text, it cannot be read or names no network, or the form makes no sense.
    """
    form.require_single()
    if form["mode"] not in {"", "add", "replace"}:
        raise FieldErrors(form=_MODE)
    try:
        reading, corrected = _corrected(read(_with(_sent(form), form["also"])), form["correct"])
    except Unreadable as error:
        raise FieldErrors(text=FieldError(error.problem, error.message)) from error
    leaves_out_errors = form["skip_errors"] == "1"
    if not any(line.network or not leaves_out_errors for line in reading.lines):
        raise FieldErrors(text=_NOTHING if reading.text.strip() else _EMPTY)
    return Wanted(reading, cast(Mode, form["mode"] or "add"), leaves_out_errors, corrected)


def _with(text: str, also: str) -> str:
    """Return the text with further networks, which a button has offered: a line each at its end."""
    return "\n".join([text.rstrip("\n"), *also.split(), ""]) if also.strip() else text


def text_of(form: SubmittedForm) -> str:
    """Return the text to show again: of the file, where it can be read as one, else what was typed."""
    try:
        return _sent(form)
    except (Unreadable, FieldErrors):
        return _lines(form["text"])


def _sent(form: SubmittedForm) -> str:
    """Return the text of the box or of the file. Raises Unreadable, or FieldErrors where there are both."""
    typed, file = _lines(form["text"]), request.files.get("file")
    if file is None or not file.filename:
        return typed
    if typed.strip():
        raise FieldErrors(text=_BOTH)
    file.stream.seek(0)
    return _lines(decode(file.stream.read()))


def _lines(text: str) -> str:
    """Return the text as a text box gives it back: line feeds between lines, blanks that are no controls."""
    return _NEWLINE.sub("\n", text).translate(_BLANK_CONTROLS)


def _corrected(reading: Reading, chosen: str) -> tuple[Reading, str]:
    """Return the reading after the correction that was chosen, by the number of the read line and the correction.

    The text may be another one by now than that of the page: only what is offered for that line is done.
    """
    found = _CORRECT.fullmatch(chosen)
    line = reading.lines[int(found[1])] if found and int(found[1]) < len(reading.lines) else None
    if found is None or line is None or line.problem is None or found[2] not in line.problem.corrections:
        return reading, ""
    return read(reading.corrected(line, found[2])), f"Line {line.number:,} is {found[2]} now."
