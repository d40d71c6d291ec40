"""What the portal never does: start programs, run what somebody typed, read foreign formats, call other services."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "webapp").rglob("*.py"))
PROGRAMS = {"subprocess", "multiprocessing", "pty", "ctypes", "cffi"}
FORMATS = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "zipfile", "tarfile", "tempfile"}
SERVICES = {"urllib.request", "http.client", "requests", "httpx", "smtplib", "imaplib", "ftplib", "ldap", "ldap3"}
CALLS = {"eval", "exec", "compile", "__import__", "import_module", "system", "popen", "render_template_string"}
# Of `re`, what takes a pattern; and what a script must not do with a text.
PATTERNS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
UNSAFE_SCRIPT = re.compile(
    r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function|javascript:"
    r"|localStorage|__proto__|window\.postMessage|\w\[[^\]]+\]\s*=[^=]"
)


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    """Yield every node of the portal's code."""
    for path in MODULES:
        yield from ((path.relative_to(ROOT), node) for node in ast.walk(ast.parse(path.read_text())))


def imported() -> Iterator[tuple[Path, str]]:
    """Yield every imported module."""
    for path, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((path, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield path, node.module or ""


IMPORTS_PAGES = (Path("webapp/pages/registration.py"), "import_module")  # what the operator's PORTAL_PAGES names


def is_of(module: str, names: set[str]) -> bool:
    """Whether the module is one of them, or inside one."""
    return any(module == name or module.startswith(name + ".") for name in names)


def test_no_program_is_started_no_foreign_format_read_and_no_other_service_called() -> None:
    found = list(imported())
    assert len(found) > 200
    dangerous = [(str(path), module) for path, module in found if is_of(module, PROGRAMS | FORMATS | SERVICES)]
    assert sorted(dangerous) == [
        ("webapp/storage/backups_postgresql.py", "subprocess"),  # pg_dump, for an operator's command
        ("webapp/web/brand.py", "xml.etree"),  # the operator's own pictures, at start, refused with a DTD
    ]
    users = {str(path) for path, module in found if "backups" in module and "backups_" not in str(path)}
    assert users <= {
        "webapp/storage/backups.py",
        "webapp/operations/cli/backups.py",
        "webapp/operations/cli/__init__.py",
    }
    assert {str(path.parent) for path, module in found if module == "socket"} <= {"webapp/domain"}  # inet_pton


def test_nothing_that_was_typed_is_run() -> None:
    called = [
        (path, node.func.id if isinstance(node.func, ast.Name) else node.func.attr)
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and (isinstance(node.func, ast.Name) or (isinstance(node.func, ast.Attribute) and not is_re(node.func)))
    ]
    assert len(called) > 1_000
    assert [one for one in called if one[1] in CALLS] == [IMPORTS_PAGES]


def is_re(function: ast.Attribute) -> bool:
    """Whether the function is one of the module `re`."""
    return isinstance(function.value, ast.Name) and function.value.id == "re"


def test_every_regular_expression_is_a_constant() -> None:
    patterns = [
        (path, node.args[0])
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and is_re(node.func)
        and node.func.attr in PATTERNS
    ]
    assert len(patterns) > 20
    assert [(str(path), ast.unparse(pattern)) for path, pattern in patterns if not is_constant(pattern)] == []


def is_constant(pattern: ast.expr) -> bool:
    """Whether the pattern is made of literals and of names that are written like constants."""
    names = [node.id for node in ast.walk(pattern) if isinstance(node, ast.Name)]
    return all(name.isupper() for name in names) and not any(isinstance(n, ast.Call) for n in ast.walk(pattern))


def test_what_must_not_be_guessed_comes_from_the_systems_generator() -> None:
    assert {str(path) for path, module in imported() if module in {"random", "uuid"}} == {
        "webapp/storage/engine/transactions.py"  # how long to wait before trying again
    }


def test_scripts_put_text_into_the_page_as_text() -> None:
    scripts = sorted((ROOT / "static").rglob("*.js"))
    assert len(scripts) >= 20
    for script in scripts:
        assert UNSAFE_SCRIPT.findall(script.read_text()) == [], script.name
