"""The floors of the house: who may import whom, no circles, and no SQL while a template renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
import pytest
from flask import Flask

from scripts import import_graph
from tests.support.client import Portal
from tests.support.every_answer import every_answer
from tests.support.quick import on_each_statement

ROOT = Path(__file__).parents[2]
MODULES = import_graph.modules(ROOT)


def imported_by(module: str) -> set[str]:
    """Return all that a module imports, with and without the names that it takes from there."""
    found = import_graph.imports(MODULES[module])
    return {part for source, name in found for part in (source, f"{source}.{name}")}


def is_below(module: str, package: str) -> bool:
    """Whether the module is the package, or in it."""
    return module == package or module.startswith(f"{package}.")


def test_every_module_stands_on_a_floor() -> None:
    assert len(MODULES) > 100
    assert [module for module in MODULES if import_graph.floor(module) is None] == []


def test_a_module_imports_from_floors_below_or_its_own() -> None:
    assert import_graph.upwards(ROOT) == []


def test_a_relative_import_would_hide_its_floor() -> None:
    assert [module for module in MODULES if any(name.startswith(".") for name in imported_by(module))] == []


def test_no_circle_of_imports_between_modules() -> None:
    assert import_graph.circles(import_graph.graph(ROOT)) == []


def test_no_circle_of_imports_between_folders() -> None:
    assert import_graph.circles(import_graph.between_folders(ROOT)) == []


def test_guards_never_import_settings() -> None:
    guards = [module for module in MODULES if is_below(module, "webapp.guard")]
    assert len(guards) > 5
    assert [m for m in guards if any(is_below(name, "webapp.settings") for name in imported_by(m))] == []


@contextmanager
def renders(app: Flask) -> Iterator[tuple[set[str], Counter[str]]]:
    """Yield the names of the templates that are rendered, and the statements meanwhile, by template."""
    rendered, asked, rendering = set[str](), Counter[str](), list[str]()

    def begin(_app: Flask, template: Any, **_: Any) -> None:
        rendering.append(template.name)

    def end(_app: Flask, template: Any, **_: Any) -> None:
        rendered.add(rendering.pop())

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.update(f"{name}: {' '.join(statement.split())[:80]}" for name in rendering[-1:])

    starts, ends = flask.before_render_template.connected_to(begin, app), flask.template_rendered.connected_to(end, app)
    with on_each_statement(app, note), starts, ends:
        yield rendered, asked


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_template_asks_the_database(portal: Portal) -> None:
    with renders(portal.app) as (rendered, asked):
        names = [name for name, _ in every_answer(portal)]
    assert len(names) > 150
    assert "settings/allowlist/page.html" in rendered
    assert len(rendered) > 20
    assert asked == Counter()
