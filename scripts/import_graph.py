"""Who imports whom in webapp/: modules, folders, floors, circles. Read from the source, nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

Graph = dict[str, set[str]]

# The floors, lowest first: a module imports only from floors below its own, or from its own.
FLOORS = (
    {"domain"},
    {"config"},
    {"runtime"},
    {"storage"},
    {"web"},
    {"guard"},
    {"identity"},
    {"settings", "api"},
    {"demo", "operations", "pages"},
    {"webapp"},  # webapp/__init__.py
    {"wsgi"},
    {"__main__"},
)


class Import(NamedTuple):
    """A module, and what it imports."""

    module: str
    imported: str


def modules(root: Path) -> dict[str, Path]:
    """Return the modules of webapp/ under the repository's root by dotted name; a package is its `__init__.py`.

    Migrations are left out: each stays as it was when it was released.
    """
    found = {}
    for path in sorted((root / "webapp").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of each import of a file, those inside functions too; the name is empty for `import x`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (("." * node.level + (node.module or ""), alias.name) for alias in node.names)


def graph(root: Path) -> Graph:
    """Return for each module of webapp/ those it imports."""
    known = modules(root)
    return {
        module: {found for one in imports(path) if (found := _resolve(*one, known)) and found != module}
        for module, path in known.items()
    }


def _resolve(module: str, name: str, known: Mapping[str, Path]) -> str:
    """Return the module that an import reaches, or nothing where it is not one of webapp/."""
    dotted = f"{module}.{name}"
    return dotted if dotted in known else module if module in known else ""


def between_folders(root: Path) -> Graph:
    """Return for each folder of webapp/ those it imports from; a module of webapp/ itself stands for itself."""
    parents = {module: ".".join(path.relative_to(root).parts[:-1]) for module, path in modules(root).items()}
    folder = {module: module if parent == "webapp" else parent for module, parent in parents.items()}
    found: Graph = {name: set() for name in folder.values()}
    for module, imported in graph(root).items():
        found[folder[module]] |= {folder[one] for one in imported} - {folder[module]}
    return found


def circles(edges: Graph) -> list[list[str]]:
    """Return the circles: each a sorted list of nodes of which every one reaches every other."""
    reached = {node: _reachable(edges, node) for node in edges}
    found = {tuple(sorted(one for one in reached[node] if node in reached[one])) for node in edges}
    return [list(circle) for circle in sorted(found) if circle]


def _reachable(edges: Graph, start: str) -> set[str]:
    """Return the nodes to which at least one step leads from the start."""
    seen, left = set[str](), [start]
    while left:
        for node in edges.get(left.pop(), ()):
            if node not in seen:
                seen.add(node)
                left.append(node)
    return seen


def floor(module: str) -> int | None:
    """Return the number of a module's floor, the lowest 0, or None where it stands on no floor."""
    name = module.removeprefix("webapp.").partition(".")[0]
    return next((number for number, names in enumerate(FLOORS) if name in names), None)


def upwards(root: Path) -> list[Import]:
    """Return the imports from a floor above, and those between different folders of one floor."""
    return [
        Import(module, imported)
        for module, found in graph(root).items()
        for imported in sorted(found)
        if not _is_allowed(module, imported)
    ]


def _is_allowed(module: str, imported: str) -> bool:
    here, there = floor(module), floor(imported)
    if here is None or there is None:
        return False
    same = module.split(".")[1:2] == imported.split(".")[1:2]
    return there < here or (there == here and same)
