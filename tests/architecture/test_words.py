"""What people read follows the copy rules: no please, sorry, invalid or forbidden, and typographic apostrophes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
UNWANTED = re.compile(r"(?<!aria-)\b(?:please|sorry|invalid|forbidden|oops|log(?:ged)? (?:in|out))\b", re.IGNORECASE)
STRAIGHT = re.compile(r"[a-z]'(?:t|s|re|ll|ve|d)\b", re.IGNORECASE)
FOR_PEOPLE = ("domain", "identity", "settings", "web", "demo")  # what terminals and logs show may be ASCII


def sentences() -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text: of templates, of what Python says on pages, of scripts."""
    for path in (ROOT / "templates").rglob("*.html"):
        yield str(path), re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for path in (path for folder in FOR_PEOPLE for path in (ROOT / "webapp" / folder).rglob("*.py")):
        yield from ((str(path), text) for text in strings(ast.parse(path.read_text("utf-8"))))
    for path in (ROOT / "static" / "js").rglob("*.js"):
        yield str(path), "\n".join(re.findall(r'"[^"\n]*"|`[^`]*`', re.sub(r"//.*", "", path.read_text("utf-8"))))


def strings(tree: ast.Module) -> Iterator[str]:
    """The texts of a module that are no docstrings."""
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield node.value


def test_no_text_has_an_unwanted_word() -> None:
    assert [(place, found[0]) for place, text in sentences() if (found := UNWANTED.search(text))] == []


def test_apostrophes_are_typographic() -> None:
    assert [(place, found[0]) for place, text in sentences() if (found := STRAIGHT.search(text))] == []
