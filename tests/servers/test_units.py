"""The systemd units that are shipped: systemd understands them, and each is as confined as the others."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.nginx import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
CONFINED = "# It needs its code, its settings and the network, and nothing else."
EXPOSED = re.compile(r"Overall exposure level for \S+: ([\d.]+)")


def analyze(*arguments: str) -> str:
    """Run systemd-analyze, which must find nothing wrong; return what it says."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing (package systemd)")
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_systemd_understands_them(tmp_path: Path) -> None:
    units = []
    for unit in UNITS:
        text = re.sub(r"/etc/portal/\w+\.env", str(ROOT / "deploy" / "portal.env.example"), unit.read_text())
        units.append(tmp_path / unit.name)
        units[-1].write_text(text.replace("/srv/portal", str(ROOT)))
    assert len(units) == 3
    assert analyze("verify", "--man=no", *map(str, units)) == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.stem))
def test_its_exposure_is_below_2(unit: Path) -> None:
    found = EXPOSED.search(analyze("security", "--offline=yes", "--no-pager", str(unit)))
    assert found is not None
    assert float(found[1]) < 2.0


def test_all_are_confined_by_the_same_lines_and_bounded_in_memory() -> None:
    texts = [unit.read_text() for unit in UNITS]
    confined = {text.partition(CONFINED)[2].partition("\n\n")[0].strip() for text in texts}
    assert len(confined) == 1
    (lines,) = confined
    assert len(lines.splitlines()) > 20
    assert "InaccessiblePaths=-/srv/portal/.git" in lines.splitlines()
    assert all(re.search(r"^MemoryMax=\d+[MG%]$", text, re.MULTILINE) for text in texts)


def test_only_migrations_know_the_role_that_owns_the_tables() -> None:
    texts = {unit.stem: unit.read_text() for unit in UNITS}
    assert [name for name, text in texts.items() if "migrate.env" in text] == ["portal-migrate"]
    assert "UnsetEnvironment=SECRET_KEY DATABASE_URL" in texts["portal-metrics"]
