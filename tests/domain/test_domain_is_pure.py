"""The rules know no Flask, no SQL, no clock and no environment: that is why they can be tested by the hundred."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WEBAPP = Path(__file__).parents[2] / "webapp"
MODULES = sorted((WEBAPP / "domain").rglob("*.py"))
# Of the standard library: what would bring the clock, chance, the environment or the network into a rule.
NOT_PURE = frozenset({"os", "time", "random", "secrets", "uuid", "subprocess", "threading", "logging", "sqlite3"})
SOCKET_TEXT = frozenset({"AF_INET", "AF_INET6", "inet_ntop", "inet_pton"})


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each imported module with the names taken from it; a relative import has its dots."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


def test_there_is_a_domain_to_look_at() -> None:
    assert {"allowlist", "comment", "coverage", "network"} <= {path.stem for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(WEBAPP)))
def test_a_domain_module_imports_only_the_standard_library_and_the_domain(path: Path) -> None:
    for module, _ in imports(path):
        top = module.partition(".")[0]
        assert module.startswith("webapp.domain.") or top in sys.stdlib_module_names, module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(WEBAPP)))
def test_a_domain_module_reaches_no_clock_chance_environment_or_network(path: Path) -> None:
    for module, names in imports(path):
        assert module.partition(".")[0] not in NOT_PURE, module
        assert module != "socket" or set(names) <= SOCKET_TEXT, names
    assert not {"now", "utcnow", "today", "open", "eval", "exec", "__import__", "import_module"} & set(calls(path))
