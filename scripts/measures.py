"""Print what the map of the code measures like, for git refs or folders side by side. For people to judge: no gate.

.venv/bin/python scripts/measures.py 73bc60a HEAD
.venv/bin/python scripts/measures.py 73bc60a .
"""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts import import_graph  # noqa: E402 - the folder has to be known first

RULE = re.compile(r"\b(?:R[1-9][0-9]?[a-z]?|DESIGN [0-9]+)\b")
HEADING = re.compile(r"^#+ (R[1-9][0-9]?[a-z]?)\b", re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})
Measure = Callable[[Path], object]


def loose_modules(root: Path) -> int:
    """Count the modules that lie in webapp/ itself."""
    return len(list((root / "webapp").glob("*.py")))


def circles(root: Path) -> str:
    """Count the circles of imports, with their modules."""
    found = import_graph.circles(import_graph.graph(root))
    return "; ".join(", ".join(name.rpartition(".")[2] for name in circle) for circle in found) or "0"


def circles_of_folders(root: Path) -> str:
    """Count the circles of imports between folders, with how many folders each has."""
    found = import_graph.circles(import_graph.between_folders(root))
    return f"{len(found)} ({', '.join(f'{len(circle)} folders' for circle in found)})" if found else "0"


def route_guests(root: Path) -> int:
    """Count the modules that register routes on the blueprint of another page of their package.

    A module that only holds the blueprint of its package is no page.
    """
    known = import_graph.modules(root)
    registering = {module for module, path in known.items() if _owners(path)}
    return sum(bool(_owners(known[module]) & _lent(module, registering, known[module])) for module in registering)


def _lent(module: str, registering: set[str], path: Path) -> set[str]:
    """Return the names under which a module imports siblings that have routes themselves, or the `bp` of one."""
    package = module.rpartition(".")[0]
    siblings = {one for one in registering if one.rpartition(".")[0] == package}
    return {
        name
        for source, name in import_graph.imports(path)
        if (name == "bp" and source in siblings) or f"{source}.{name}" in siblings
    }


def _owners(path: Path) -> set[str]:
    """Return the first names of the calls like `bp.get(...)` or `page.bp.post(...)` in a file."""
    return {name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if (name := _owner(node))}


def _owner(node: ast.AST) -> str:
    """Return the first name of a call like `bp.get(...)` or `page.bp.post(...)`, or nothing."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ROUTES):
        return ""
    words = ast.unparse(node.func).split(".")
    return words[0] if words[-2] == "bp" else ""


def floors_broken(root: Path) -> object:
    """Count the imports from a floor above; there are no floors where folders are missing."""
    folders = {name for floor in import_graph.FLOORS[:-2] for name in floor} - {"config", "api"}
    if missing := sorted(name for name in folders if not (root / "webapp" / name).is_dir()):
        return f"no {', '.join(missing)}"
    return len(import_graph.upwards(root))


def unresolved_citations(root: Path) -> str:
    """Count the citations of rules without a section in docs/rules.md, and of documents that are not there."""
    rules = root / "docs" / "rules.md"
    defined = set(HEADING.findall(rules.read_text(encoding="utf-8"))) if rules.exists() else set[str]()
    texts = [*_texts(root, "webapp", "py"), *_texts(root, "templates", "html"), *_texts(root, "static", "*")]
    cited = [number for text in texts for number in RULE.findall(text) if number not in defined]
    return f"{sum(one.startswith('R') for one in cited)} + {sum(one.startswith('D') for one in cited)}"


def _texts(root: Path, folder: str, kind: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((root / folder).rglob(f"*.{kind}"))]


def template_lines_above(limit: int) -> Measure:
    """Return a measure: how many template lines are longer, and which part of all that is."""

    def measure(root: Path) -> str:
        lines = [line for text in _texts(root, "templates", "html") for line in text.splitlines()]
        longer = sum(len(line) > limit for line in lines)
        return f"{longer} of {len(lines)} ({longer / len(lines):.1%})"

    return measure


def written_out_syncs(root: Path) -> int:
    """Count the templates' `hx-sync`."""
    return sum(text.count('hx-sync="this:drop"') for text in _texts(root, "templates", "html"))


def css_longest_line(root: Path) -> int:
    """Return the length of the longest line of CSS."""
    return max(len(line) for text in _texts(root, "static", "css") for line in text.splitlines())


def css_comments(root: Path) -> str:
    """Count the comments of the CSS, and its files."""
    texts = _texts(root, "static", "css")
    return f"{sum(len(COMMENT.findall(text)) for text in texts)} in {len(texts)} files"


def javascript_files(root: Path) -> str:
    """Count the JavaScript files, and their lines."""
    lines = [len(text.splitlines()) for text in _texts(root, "static", "js")]
    return f"{len(lines)} files, median {statistics.median(lines):g} lines, longest {max(lines)}"


STATIC: dict[str, Measure] = {
    "loose modules in webapp/": loose_modules,
    "circles of imports between modules": circles,
    "circles of imports between folders": circles_of_folders,
    "modules with routes on a sibling's blueprint": route_guests,
    "imports from a floor above": floors_broken,
    "rules + documents cited and not there": unresolved_citations,
    "template lines above 120 characters": template_lines_above(120),
    "template lines above 160 characters": template_lines_above(160),
    'hx-sync="this:drop" written out': written_out_syncs,
    "CSS: longest line": css_longest_line,
    "CSS: comments": css_comments,
    "JavaScript": javascript_files,
}


def traced(root: Path) -> Iterator[tuple[str, object]]:
    """Yield what one new network passes, as the portal of that checkout answers it."""
    program = [sys.executable, "-W", "ignore", str(ROOT / "scripts" / "trace_answer.py")]
    found = json.loads(subprocess.run(program, cwd=root, check=True, capture_output=True, text=True).stdout)
    yield "files that are handed one network (htmx)", len(found["files"])
    yield "changes of folder on that way", found["changes"]
    yield "files that run for that answer", found["entered"]
    yield "SQL statements while templates render", found["sql_while_rendering"]


def subjects(ref: str, before: str) -> str:
    """Return the median length of the subjects of the commits up to `ref`, from behind `before` where that is given."""
    commits = f"{before}..{ref}" if before else ref
    lines = _git("log", "--no-merges", "--format=%s", commits).decode().splitlines()
    return f"median {statistics.median(map(len, lines)):g}, longest {max(map(len, lines))}" if lines else "no commits"


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True).stdout


def measured(ref: str, before: str) -> dict[str, object]:
    """Return the measures of a git ref, or of a folder: then the commits are those of HEAD."""
    if Path(ref).is_dir():
        return _measured(Path(ref).resolve()) | {"commit subjects": subjects("HEAD", before)}
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(_git("archive", ref))) as archive:
            archive.extractall(folder, filter="data")
        return _measured(Path(folder).resolve()) | {"commit subjects": subjects(ref, before)}


def _measured(root: Path) -> dict[str, object]:
    return {name: measure(root) for name, measure in STATIC.items()} | dict(traced(root))


def main(refs: list[str]) -> None:
    """Print the table: one column for each ref, commits counted from behind the ref before."""
    befores = ["", *(ref if not Path(ref).is_dir() else "" for ref in refs)]
    columns = [measured(ref, before) for ref, before in zip(refs, befores, strict=False)]
    rows = [[name, *(str(column[name]) for column in columns)] for name in columns[0]]
    for row in [["what", *refs], ["---"] * (len(refs) + 1), *rows]:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(sys.argv[1:] or ["."])
