"""A JSON document as a tree of values that know where they stand in its text (R13)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.reading.unreadable import Unreadable

MAX_DEPTH = 100
MAX_VALUES = 20_000  # far more than a document has beside 1,000 networks
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|[^\s{}\[\],:"]++')
_OPENING, _CLOSING = frozenset("{["), frozenset("}]")
_MAY_BEGIN = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{"\]\[])')


@dataclass(slots=True)
class Value:
    """A value: its kind (`{`, `[`, `"`, or "" for numbers and the like), text, place, members or items."""

    kind: str
    text: str = ""
    start: int = 0
    end: int = 0
    items: Sequence[tuple[str, Value]] = ()


def document(text: str) -> Value | None:
    """Return the text as JSON; None where it is no JSON and need not be: a list of texts between brackets.

    Raises:
        Unreadable: it begins like a JSON document and is none, or is nested deeper than MAX_DEPTH.
    """
    if not (begins := _MAY_BEGIN.match(text)):
        return None
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        if begins[0].lstrip().startswith("[") and not begins[0].endswith("{"):
            return None
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = f"This begins like JSON, but isn’t: line {line:,}, character {column:,}. Correct it there."
        raise Unreadable("json", message) from None
    return _tree(text)


def _too_deep() -> Unreadable:
    return Unreadable("json_depth", f"This JSON is nested deeper than {MAX_DEPTH} levels.")


def _tree(text: str) -> Value:
    """Build the tree of a text that is known to be JSON. Raises Unreadable above a limit."""
    found: list[tuple[str, Value]] = []
    stack = [(Value("["), found)]
    key, is_key, left = "", False, MAX_VALUES
    for token in _TOKEN.finditer(text):
        kind = token[0][0]
        if kind in _CLOSING:
            stack.pop()[0].end = token.end()
        elif is_key:
            key, is_key = _text(token[0]), False
            continue
        else:
            value = _value(token, kind)
            stack[-1][1].append((key, value))
            left -= 1
            if left < 0:
                raise Unreadable("json_values", f"This JSON has more than {MAX_VALUES:,} values. Use a part of it.")
            if kind in _OPENING:
                items: list[tuple[str, Value]] = []
                value.items = items
                stack.append((value, items))
                if len(stack) > MAX_DEPTH + 1:
                    raise _too_deep()
        key, is_key = "", stack[-1][0].kind == "{"
    return found[0][1]


def _value(token: re.Match[str], kind: str) -> Value:
    start, end = token.span()
    if kind == '"':
        return Value(kind, _text(token[0]), start + 1, end - 1)
    return Value(kind, "", start, end) if kind in _OPENING else Value("", token[0], start, end)


def _text(token: str) -> str:
    text: str = json.loads(token) if "\\" in token else token[1:-1]
    return text
