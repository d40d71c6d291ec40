"""SQL stands in `webapp/storage` alone: nothing outside has a session, opens a transaction or names SQLAlchemy."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

WEBAPP = Path(__file__).parents[2] / "webapp"
MODULES = sorted(path for path in WEBAPP.rglob("*.py") if WEBAPP / "storage" not in path.parents)
OF_STORAGE = {"Session", "db", "write", "try_write", "first_read"}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each imported module, with each name taken from it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_there_are_modules_to_look_at() -> None:
    assert {"sign_in", "portal_session", "errors"} <= {path.stem for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(WEBAPP)))
def test_nothing_outside_storage_knows_sql(path: Path) -> None:
    for module, name in imports(path):
        assert module.partition(".")[0] != "sqlalchemy", module
        assert not (module.startswith("webapp.storage") and name in OF_STORAGE), (module, name)
