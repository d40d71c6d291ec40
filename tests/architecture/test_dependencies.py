"""Every package is locked to one version and one content; `make lock` writes the files."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))
OURS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
NAMED = {re.split(r"[<>\[]", line)[0] for line in [*OURS, *(ROOT / "requirements-dev.in").read_text().splitlines()]}
OF_FLASK = {"alembic", "blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
PINNED = re.compile(r"[a-z0-9._-]+==[0-9][^\s]*( --hash=sha256:[0-9a-f]{64})+")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_package_is_pinned_with_its_hash(lock: Path) -> None:
    joined = lock.read_text().replace("\\\n", "")
    entries = [" ".join(line.split()) for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(entries) >= 4
    assert [entry for entry in entries if not PINNED.fullmatch(entry)] == []


@pytest.mark.parametrize("folder", ["webapp", "tests", "scripts"])
def test_what_is_imported_is_named_and_not_only_there_because_of_others(folder: str) -> None:
    trees = [ast.walk(ast.parse(path.read_text())) for path in (ROOT / folder).rglob("*.py")]
    imports = [node for nodes in trees for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom) and not node.level}
    packages = packages_distributions()
    found = {package for module in modules for package in packages.get(module.split(".")[0], [])}
    assert len(found) > 2
    assert {package.lower().replace("_", "-") for package in found} - NAMED - OF_FLASK == set()
