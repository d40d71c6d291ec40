"""What code and documents refer to exists: rules, sections, files, tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "rules.md"
RULE = re.compile(r"\bR[1-9][0-9]?[a-z]?\b")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^()\s]+)\)")
PICTURES = ROOT / "docs" / "screenshots"
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
FILE = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
NAMED = re.compile(r"`([\w./-]+\.py)(?::([\w.]+)`|` \((`[\w.]+`(?:, `[\w.]+`)*)\))")
KINDS = (".py", ".html", ".js", ".css", ".md")  # of a file that is named without its folder
CITING = (*KINDS, ".sql", ".conf", ".toml", ".mako")
LEFT_BEHIND = frozenset({"__pycache__", "instance", "mutants", "test-results"})


class Place(NamedTuple):
    """Something that is referred to, and the file that does."""

    file: str
    name: str


@cache
def folders() -> frozenset[str]:
    """Return the repository's top folders; not what runs and checks leave behind."""
    names = (path.name for path in ROOT.iterdir() if path.is_dir())
    return frozenset(name for name in names if name not in LEFT_BEHIND and not name.startswith("."))


@cache
def sources() -> tuple[str, ...]:
    """Return the repository's files that can cite something."""
    found = [*ROOT.iterdir(), *(path for folder in folders() for path in (ROOT / folder).rglob("*"))]
    return tuple(str(path.relative_to(ROOT)) for path in sorted(found) if path.name.endswith(CITING))


@cache
def text_of(name: str) -> str:
    """Return a file's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> list[str]:
    """Return the documents."""
    return [name for name in sources() if name.endswith(".md")]


@cache
def anchors(path: Path) -> frozenset[str]:
    """Return what links may name in a document: its headings, as GitHub writes them."""
    titles = HEADING.findall(CODE.sub("", path.read_text(encoding="utf-8")))
    return frozenset(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles)


def links(name: str) -> Iterator[str]:
    """Yield the document's links to files and sections of the repository."""
    for target in LINK.findall(CODE.sub("", text_of(name))):
        if not re.match(r"[a-z]+:", target):
            yield target


def resolves(name: str, target: str) -> bool:
    """Whether the link leads to a file that exists and, behind a `#`, to a heading in it."""
    path, _, anchor = target.partition("#")
    file = (ROOT / name).parent / path if path else ROOT / name
    return file.exists() and (not anchor or anchor in anchors(file.resolve()))


def reached(names: set[str]) -> set[str]:
    """Return these documents and all to which their links lead, one after the other."""
    files = ((ROOT / name).parent / target.partition("#")[0] for name in names for target in links(name))
    further = {
        str(file.resolve().relative_to(ROOT)) for file in files if file.suffix == ".md" and file.exists()
    } - names
    return reached(names | further) if further else names


def pictures() -> list[tuple[Path, str]]:
    """Return the pictures that documents show, each with the text for whoever does not see it."""
    shown = ((name, *found) for name in documents() for found in PICTURE.findall(text_of(name)))
    return [(((ROOT / name).parent / target).resolve(), " ".join(text.split())) for name, text, target in shown]


def paths(name: str) -> Iterator[str]:
    """Yield what the document names in backticks that looks like a path of the repository."""
    for quoted in QUOTED.findall(CODE.sub("", text_of(name))):
        path = quoted.partition(":")[0]
        in_folder = "/" in path and path.partition("/")[0] in folders()
        if FILE.fullmatch(path) and (in_folder or path.endswith(KINDS)):
            yield path


def exists(name: str, path: str) -> bool:
    """Whether there is that file or folder, seen from the repository's top or from the document's folder."""
    return (ROOT / path).exists() or ((ROOT / name).parent / path).exists()


def functions(name: str) -> Iterator[tuple[str, str]]:
    """Yield the names that the document gives with a file, as `file.py:name` or `file.py` (`name`, `name`)."""
    for path, one, several in NAMED.findall(CODE.sub("", text_of(name))):
        for dotted in [one] if one else QUOTED.findall(several):
            yield from ((path, part) for part in dotted.split("."))


def defines(path: str, name: str) -> bool:
    """Whether the file has a function, class, constant or field of that name."""
    definition = rf"^ *(?:(?:async )?def|class) {name}\b|^ *{name}(?:: [^=\n]+)?(?: =|$)"
    return (ROOT / path).is_file() and bool(re.search(definition, text_of(path), re.MULTILINE))


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of a file's tests."""
    nodes = ast.walk(ast.parse(text_of(path))) if (ROOT / path).is_file() else ()
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def test_every_rule_that_is_cited_has_a_section() -> None:
    defined = {title.partition(" ")[0] for title in HEADING.findall(RULES.read_text())}
    cited = {Place(name, number) for name in sources() for number in RULE.findall(text_of(name))}
    assert len(cited) > 80
    gone = sorted(place for place in cited if place.name not in defined)
    assert not gone, gone


def test_every_rule_says_where_it_is_coded_and_which_test_proves_it() -> None:
    sections = re.split(r"^## ", RULES.read_text(), flags=re.MULTILINE)[1:]
    assert len(sections) > 15
    assert [one.partition("\n")[0] for one in sections if one.count("\n- Coded in: `") != 1] == []
    assert [one.partition("\n")[0] for one in sections if one.count("\n- Proven by: `tests/") != 1] == []


def test_every_link_leads_somewhere() -> None:
    found = [Place(name, target) for name in documents() for target in links(name)]
    assert len(found) > 30
    gone = [place for place in found if not resolves(*place)]
    assert not gone, gone


def test_every_document_is_reached_from_the_readme() -> None:
    assert [name for name in documents() if name not in reached({"README.md"})] == []


def test_every_picture_is_shown_and_said_in_words() -> None:
    assert {path for path, _ in pictures()} == set(PICTURES.iterdir())
    assert [path.name for path, text in pictures() if len(text.split()) < 6] == []


def test_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 1_500_000


def test_every_file_that_is_named_exists() -> None:
    found = {Place(name, path) for name in documents() for path in paths(name)}
    assert len(found) > 100
    gone = sorted(place for place in found if not exists(*place))
    assert not gone, gone


def test_every_function_that_is_named_with_its_file_is_defined_there() -> None:
    found = {Place(path, part) for name in documents() for path, part in functions(name)}
    assert len(found) > 30
    gone = sorted(place for place in found if not defines(*place))
    assert not gone, gone


def test_every_test_that_is_named_exists() -> None:
    found = {Place(file, test) for name in documents() for file, test in TEST.findall(text_of(name))}
    assert len(found) > 100
    gone = sorted(place for place in found if place.name not in names_in(place.file))
    assert not gone, gone


def test_nothing_cites_chapters_of_a_document_that_is_not_here() -> None:
    assert [name for name in sources() if re.search(r"\bDESIGN [0-9]", text_of(name))] == []
