import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SKIPPED_TESTS = """
import pytest

@pytest.mark.skip(reason="no browser")
def test_marked(): ...

def test_by_call():
    pytest.skip("no database")

@pytest.mark.xfail(strict=True)
def test_expected_to_fail():
    raise AssertionError

def test_fine(): ...
"""
SKIPPED_MODULE = 'import pytest\npytest.skip("no network", allow_module_level=True)'


def _pytest(folder: Path, ci: str, *arguments: str) -> tuple[int, str]:
    (folder / "test_some.py").write_text(SKIPPED_TESTS)
    (folder / "test_module.py").write_text(SKIPPED_MODULE)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.support.skips",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        folder,
    ]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env |= {"CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, *arguments, folder], env=env, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist.plugin", "-n", "1")], ids=["alone", "xdist"])
def test_with_ci_a_skip_fails(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    status, output = _pytest(tmp_path, "true", *arguments)
    assert status != 0
    assert "no network" in output
    assert "skipped, which CI=true forbids" in output
    if "-n" not in arguments:
        output = _pytest(tmp_path, "true", "--continue-on-collection-errors")[1]
        assert "1 failed, 1 passed, 1 xfailed, 2 errors" in output


def test_without_ci_a_skip_is_a_skip(tmp_path: Path) -> None:
    status, output = _pytest(tmp_path, "")
    assert status == 0
    assert "1 passed, 3 skipped, 1 xfailed" in output
