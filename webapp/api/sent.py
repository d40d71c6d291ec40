"""What a PUT of the list sends: its question, the list that it was made from, the list that is wanted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast
from urllib.parse import quote

from flask import request
from werkzeug.datastructures import ETags
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.config import MAX_LARGE_BODY
from webapp.domain.allowlist import MAX_NETWORKS
from webapp.domain.desired import Line
from webapp.domain.reading.entries import MAX_SHOWN, read_entries
from webapp.storage.engine.deadlines import deadline_paused
from webapp.web.incoming import Request

FLAGS = ("dry_run", "confirm_wide", "acknowledge_lockout")
_MEANING = {"1": True, "true": True, "0": False, "false": False}
_ACTIVE = {"active": True, "inactive": False}
_KEYS = ("state", "networks")


class Unusable(Exception):
    """A request that can't be understood: the status, what it is called, a sentence, and what is wrong where."""

    def __init__(self, status: int, code: str, message: str, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.errors = status, code, message, errors


@dataclass(frozen=True, slots=True)
class Sent:
    """A list that is wanted, in the place of the one that `seen` names. `active`: None where nothing is said of it."""

    lines: tuple[Line, ...]
    active: bool | None
    seen: ETags
    dry_run: bool
    confirm_wide: bool
    acknowledge_lockout: bool


def from_request() -> Sent:
    """Read the request. Its sender is let in: nobody else's body is read.

    Raises:
        Unusable: it can't be understood.
    """
    flags = {name: _flag(name) for name in FLAGS}
    if unknown := [name for name in request.args if name not in FLAGS]:
        raise Unusable(422, "unknown_parameter", f"There is no parameter “{_short(unknown[0])}”.")
    seen = _seen()
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Unusable(415, "media_type", "Send JSON as it is: Content-Type: application/json.")
    document = _document(_parsed(_body()))
    entries = document["networks"]
    return Sent(read_entries(entries), _ACTIVE.get(document.get("state", "")), seen, **flags)


def _flag(name: str) -> bool:
    values = request.args.getlist(name)
    if len(values) > 1 or not _MEANING.keys() >= set(values):
        raise Unusable(422, "parameter", f"The parameter {name} is 1 or 0, once.")
    return _MEANING[values[0]] if values else False


def _seen() -> ETags:
    """Return the revisions that the sender names. "*" names none: it would replace a list that nobody has seen."""
    if request.if_match.star_tag or not request.if_match:
        raise Unusable(428, "precondition_required", "Send the ETag of the list that you have read: If-Match: ETAG.")
    return request.if_match


def _body() -> bytes:
    cast(Request, request).allow_large_body()
    try:
        with deadline_paused():  # the sender's time, not the database's
            return request.get_data(cache=False)
    except RequestEntityTooLarge:
        message = f"The body must be {MAX_LARGE_BODY:,} bytes or fewer."
        raise Unusable(413, "too_large", message) from None


def _parsed(body: bytes) -> object:
    """Return the JSON document (RFC 8259) in plain values; whatever its numbers are, they are no networks."""
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError:
        raise Unusable(400, "encoding", "The body isn’t UTF-8.") from None
    except RecursionError:
        raise Unusable(400, "json_depth", "The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        message = f"The body isn’t JSON: line {error.lineno:,}, character {error.colno:,}."
        raise Unusable(400, "json", message) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise Unusable(400, "duplicate_key", f"“{_short(twice)}” stands twice in one object: which of them counts?")
    return found


def _number(_text: str) -> int:
    return 0


def _no_constant(name: str) -> NoReturn:
    raise Unusable(400, "json", f"The body isn’t JSON: {name} is no value.")


def _document(found: object) -> Mapping[str, Any]:
    """Return the document, where it has what it must have and nothing else."""
    if not isinstance(found, Mapping):
        raise Unusable(422, "type", "The body must be an object with the networks that the list should have.")
    strange = [key for key in found if key not in _KEYS][:MAX_SHOWN]
    unknown = [_error(_pointer(key), "unknown_key", "This isn’t known here.") for key in strange]
    networks, state = found.get("networks"), found.get("state", "active")
    if not isinstance(networks, list):
        code = "type" if "networks" in found else "required"
        unknown.append(_error("#/networks", code, "Send the networks that the list should have: an array of objects."))
    elif len(networks) > MAX_NETWORKS:
        message = f"A list holds at most {MAX_NETWORKS:,} networks; these are {len(networks):,}."
        unknown.append(_error("#/networks", "too_many_networks", message))
    if not (isinstance(state, str) and state in _ACTIVE):
        unknown.append(_error("#/state", "state", "The state is “active” or “inactive”; without it, it stays."))
    if unknown:
        raise Unusable(422, unknown[0]["code"], unknown[0]["detail"], unknown[:MAX_SHOWN])
    return found


def _pointer(key: str) -> str:
    """Return where the key's value is (RFC 6901, 6); of a key that is too long to be shown, where the key is."""
    if len(key) > MAX_SHOWN:
        return "#"
    return "#/" + quote(key.replace("~", "~0").replace("/", "~1"), safe="", errors="replace")


def _error(pointer: str, code: str, detail: str) -> dict[str, Any]:
    return {"pointer": pointer, "code": code, "detail": detail}


def _short(name: str) -> str:
    return name if len(name) <= MAX_SHOWN else f"{name[:MAX_SHOWN]}…"
