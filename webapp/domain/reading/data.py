"""JSON: lists of networks as we write them, and any other document that has networks in it (R13)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from webapp.domain.comment import MAX_COMMENT, CommentError, parse_comment
from webapp.domain.desired import Line, Problem
from webapp.domain.network import Network
from webapp.domain.reading.around import NEGATION, beside_problem, name_excludes, plain_name
from webapp.domain.reading.look import NOT_LOOKED_AT, Looking, is_like_a_network, trimmed
from webapp.domain.reading.row import MASK_NAMES, Cell, Row, counts, is_about_networks, read_row
from webapp.domain.reading.tree import Value

# What a mistyped network is; a text with another problem is something else: a version, a clock's time, a name.
_MISTYPED = frozenset(
    {
        "host_bits",
        "ipv4_mapped",
        "leading_zero",
        "negation",
        "netmask_notation",
        "prefix_leading_zero",
        "prefix_range",
        "prefix_syntax",
        "wildcard_mask",
    }
)
_BESIDE = ("name", "service", "region", "description")
_NO_TEXT = Problem("type", "A network must be given as text.")
_HALF = Problem("netmask_notation", "A mask stands beside this address: write both as one, like 203.0.113.0/24.")


class Document:
    """Reads a document whose text it knows: the places in it, as lines."""

    def __init__(self, text: str, looking: Looking) -> None:
        self._text = text
        self._looking = looking
        self._ends = [found.end() for found in re.finditer(r"\r\n|\r|\n", text)]

    def read(self, root: Value) -> Iterator[Line]:
        """Yield what the document wants: each item of a list, or every network in a document of another form."""
        items = _listed(root)
        if items is None:
            yield from self._anything(root)
            return
        problem = beside_problem(one for one in _texts(root) if one[0] != "state")  # which is the list's own
        for item in items:
            yield replace(self._item(item), network=None, problem=problem) if problem else self._item(item)

    def _item(self, item: Value) -> Line:
        if item.kind == "{":
            cells = [cell for name, value in item.items if (cell := _cell(name, value))]
            others = [(cell.name, cell.text) for cell in cells if not counts(cell.name)]
            row = Row(bisect_right(self._ends, item.start) + 1, self._text[item.start : item.end], cells, others)
            if is_about_networks([cell.name for cell in cells]):
                return read_row(row, self._looking)
        if item.kind != '"':
            return self._line(item, item.text or self._text[item.start : item.end], _NO_TEXT)
        return self._line(item, item.text, self._look(item.text))

    def _look(self, text: str) -> Network | Problem:
        start, end, _ = trimmed(text)
        return self._looking.read(text[start:end])

    def _line(self, value: Value, text: str, found: Network | Problem, hint: str | None = None) -> Line:
        return Line(
            bisect_right(self._ends, value.start) + 1,
            text,
            network=found if isinstance(found, Network) else None,
            comment=hint,
            problem=found if isinstance(found, Problem) else None,
            is_hint=hint is not None,
            start=value.start,
            end=value.end,
            trimmed=trimmed(text)[2],
        )

    def _anything(self, root: Value) -> Iterator[Line]:
        left: list[Iterator[tuple[Value, Problem | None, dict[str, str]]]] = [iter([(root, None, {})])]
        while left:
            value, outside, beside = next(left[-1], (None, None, {}))
            if value is None:
                left.pop()
            elif value.kind == '"':
                yield from self._found(value, outside, beside)
            else:
                left.append(_inside(value, outside, beside))

    def _found(self, value: Value, outside: Problem | None, beside: dict[str, str]) -> Iterator[Line]:
        """The networks of a text that has nothing else: one, or, in the aliases of firewalls, several."""
        words = _networks(value.text)
        for word in words:
            found = self._look(word)
            if isinstance(found, Problem):
                if found is not NOT_LOOKED_AT and found.code not in _MISTYPED:
                    continue
                if len(words) > 1:  # a correction would take the place of all of them
                    found = replace(found, corrections=())
            yield self._line(value, word, outside or found, _hint(beside))


def _inside(
    value: Value, outside: Problem | None, beside: dict[str, str]
) -> Iterator[tuple[Value, Problem | None, dict[str, str]]]:
    """Yield what is in an object or list, with why it is no addition, and with what is said beside it."""
    if value.kind == "{":
        texts = _texts(value)
        outside = outside or beside_problem(texts)
        beside = beside | {name: text for name, text in texts if name in _BESIDE and text.strip()}
    for one, problem in _values(value):
        yield one, outside or problem, beside


def _values(value: Value) -> Iterator[tuple[Value, Problem | None]]:
    """Yield the values of an object or list, each with why it is no addition, whatever it says.

    Masks are no networks, and an address beside one is half of one: where the whole is there too, it is left out.
    """
    names = [plain_name(name) for name, _ in value.items]
    has_mask = value.kind == "{" and not MASK_NAMES.isdisjoint(names)
    whole = {one.text.partition("/")[0] for _, one in value.items if "/" in one.text} if has_mask else set()
    for name, (_, one) in zip(names, value.items, strict=True):
        is_half = has_mask and one.kind == '"' and "/" not in one.text
        if is_half and (name in MASK_NAMES or one.text in whole):
            continue
        yield one, NEGATION if name_excludes(name) else _HALF if is_half else None


def _networks(text: str) -> list[str]:
    """The words of a text that has nothing but what looks like networks."""
    if is_like_a_network(word := text.strip().removeprefix("!")):
        return [text]
    if "." not in word and ":" not in word:
        return []
    words = re.split(r"[\s,;]+", word)
    return words if len(words) > 1 and all(map(is_like_a_network, words)) else []


def _texts(value: Value) -> list[tuple[str, str]]:
    """The texts, numbers and the like that stand in an object itself, by plain name."""
    return [(plain_name(name), one.text) for name, one in value.items if one.kind not in {"{", "["}]


def _listed(root: Value) -> list[Value] | None:
    """The items of a list of networks: at the top, or under `networks`; each is a text, or has a network's name."""
    if root.kind == "{":
        root = next((value for name, value in root.items if name == "networks"), root)
    items = [value for _, value in root.items]
    if root.kind != "[" or any(value.kind == "[" for value in items):
        return None
    names = [[plain_name(name) for name, _ in value.items] for value in items if value.kind == "{"]
    return items if all(map(is_about_networks, names)) else None


def _cell(name: str, value: Value) -> Cell | None:
    if value.kind in {"{", "["} or (value.kind == "" and value.text == "null"):
        return None
    return Cell(plain_name(name), value.text, value.start, value.end)


def _hint(beside: dict[str, str]) -> str | None:
    """The comment from what stands beside a network in somebody's document, cut to what a comment may have."""
    text = ", ".join(dict.fromkeys(beside[name].strip() for name in _BESIDE if name in beside))
    try:
        return parse_comment(text if len(text) <= MAX_COMMENT else f"{text[: MAX_COMMENT - 1].rstrip()}…") or None
    except CommentError:
        return None
