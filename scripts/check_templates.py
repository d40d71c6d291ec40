"""Check every template: it compiles, what it includes exists, and nothing in it needs a weaker policy than ours.

Inline styles and scripts, event attributes, htmx's evaluated attributes and `|safe` are errors, and so is an id that
one partial would put on a page twice, and a line that is too long to be read.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

from jinja2 import Environment, TemplateError, meta, nodes

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("templates", "examples/pages/templates")
EXAMPLE = "examples.pages.servers:pages"

Problem = tuple[int, str]
# Where a piece of HTML stands: the number of each block around it, with its kind and, for `if`, the branch.
Place = tuple[tuple[int, str, int], ...]

MAX_LINE = 120
SCRIPTED = ("hx-vals", "hx-vars", "hx-headers", "hx-request")


def problems(environment: Environment, name: str, source: str) -> Iterator[Problem]:
    try:
        tree = environment.parse(source, name)
        environment.compile(source, name)
    except TemplateError as error:
        yield getattr(error, "lineno", None) or 1, f"does not compile: {error}"
        return
    yield from _jinja_problems(environment, tree)
    for number, line in enumerate(source.splitlines(), 1):
        if len(line) > MAX_LINE:
            yield number, f"{len(line)} characters: lines wrap at {MAX_LINE}"
    html = _Html(_Flattened.of(environment, source))
    yield from html.problems
    yield from html.repeated_ids()


def _jinja_problems(environment: Environment, tree: nodes.Template) -> Iterator[Problem]:
    known = set(environment.list_templates())
    for missing in {name for name in meta.find_referenced_templates(tree) if name} - known:
        yield 1, f"there is no template {missing}"
    for used in tree.find_all(nodes.Filter):
        if used.name == "safe":
            yield used.lineno, "|safe: build markup in the template instead"
    for scope in tree.find_all(nodes.ScopedEvalContextModifier):
        yield scope.lineno, "autoescape is never switched"


@dataclass
class _Flattened:
    """A template as HTML: statements gone, each expression one private character, and where each line stands."""

    text: str = ""
    places: list[tuple[int, Place]] = field(default_factory=list)

    def place_at(self, offset: int) -> Place:
        return next((place for start, place in reversed(self.places) if start <= offset), ())

    @classmethod
    def of(cls, environment: Environment, source: str) -> "_Flattened":
        flat, blocks, expressions = cls(), list[tuple[int, str, int]](), dict[str, str]()
        inside: list[str] = []
        for count, (_, kind, value) in enumerate(environment.lex(source)):
            match kind:
                case "block_begin" | "variable_begin":
                    inside = []
                case "block_end":
                    _enter(blocks, inside, count)
                    flat.places.append((len(flat.text), tuple(blocks)))
                case "variable_end":
                    flat.text += expressions.setdefault(" ".join(inside), chr(0xE000 + len(expressions)))
                case "data":
                    flat.text += value
                case "name" | "operator" | "string" | "integer" | "float":
                    inside.append(value)
            if kind != "data":
                flat.text += "\n" * value.count("\n")  # so that line numbers stay right
        return flat


def _enter(blocks: list[tuple[int, str, int]], statement: list[str], count: int) -> None:
    word = statement[0] if statement else ""
    if word in {"if", "for", "macro", "call", "filter"}:
        blocks.append((count, word, 0))
    elif word in {"elif", "else"} and blocks:
        number, kind, branch = blocks[-1]
        blocks[-1] = (number, kind, branch + 1)
    elif word in {"endif", "endfor", "endmacro", "endcall", "endfilter"} and blocks:
        blocks.pop()


class _Html(HTMLParser):
    def __init__(self, flat: _Flattened) -> None:
        super().__init__()
        self.problems: list[Problem] = []
        self._flat = flat
        self._line_starts = [0]
        for line in flat.text.splitlines(keepends=True):
            self._line_starts.append(self._line_starts[-1] + len(line))
        self._ids: dict[str, list[tuple[int, Place]]] = {}
        self.feed(flat.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        attributes = [(name.replace("data-hx-", "hx-"), value or "") for name, value in attrs]
        if tag == "style":
            self.problems.append((line, "<style>: styles live in static/"))
        if tag == "script" and "src" not in dict(attributes):
            self.problems.append((line, "<script> without src: scripts live in static/"))
        for name, value in attributes:
            self.problems += [(line, f"<{tag}> {text}") for text in _wrong(tag, name, value)]
        place = self._flat.place_at(self._line_starts[line - 1] + column)
        for value in {value for name, value in attributes if name == "id"}:
            self._ids.setdefault(value, []).append((line, place))

    def repeated_ids(self) -> Iterator[Problem]:
        for value, uses in self._ids.items():
            shown = "".join("{{…}}" if "\ue000" <= character <= "\uf8ff" else character for character in value)
            if any(not _exclude_each_other(one[1], other[1]) for one, other in combinations(uses, 2)):
                yield uses[-1][0], f'id="{shown}" appears twice'
            yield from (
                (line, f'id="{shown}" is repeated by the loop around it')
                for line, place in uses
                if shown == value and any(kind == "for" and branch == 0 for _, kind, branch in place)
            )


def _wrong(tag: str, name: str, value: str) -> Iterator[str]:
    text = value.strip().lower()
    if name == "style":
        yield "style=: styles live in static/"
    if (name.startswith("on") and name.isalpha()) or name.startswith("hx-on"):
        yield f"{name}: event handlers live in static/"
    if text.startswith("javascript:") or (name in SCRIPTED and text.startswith("js:")):
        yield f"{name} is evaluated as a script"
    if name == "hx-trigger" and "[" in value:
        yield "hx-trigger with a filter: without eval htmx takes it as true"
    loaded = name == "src" or (tag == "link" and name == "href")
    if loaded and text.startswith(("http:", "https:", "//", "data:")):
        yield f"{name}: everything a page loads is our own"


def _exclude_each_other(one: Place, other: Place) -> bool:
    """In different branches of the same `if`, or in different macros, which one page may use with different ids."""
    branches = {number: branch for number, _, branch in one}
    macros = [[number for number, kind, _ in place if kind == "macro"] for place in (one, other)]
    return macros[0] != macros[1] or any(branches.get(number, branch) != branch for number, _, branch in other)


def _environment() -> Environment:
    # The portal's own, so that a filter that it does not have is an error here.
    sys.path.insert(0, str(ROOT))
    os.environ.update(SECRET_KEY="only to read the templates" * 3, DATABASE_URL="sqlite:///unused.sqlite3", DEMO="1")
    os.environ["PORTAL_PAGES"] = EXAMPLE
    for name in ("PUBLIC_URL", "TRUSTED_PROXIES", "PORTAL_HOME", "PORTAL_OPEN_ENDPOINTS"):
        os.environ.pop(name, None)
    from wsgi import app

    return app.jinja_env


def main() -> int:
    environment = _environment()
    count = failures = 0
    found = [(folder, path) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    for folder, path in found:
        count += 1
        name = path.relative_to(ROOT / folder).as_posix()
        for line, text in sorted(set(problems(environment, name, path.read_text(encoding="utf-8")))):
            failures += 1
            print(f"{folder}/{name}:{line}: {text}")
    print(f"{count} templates, {failures or 'no'} problem{'' if failures == 1 else 's'}")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
