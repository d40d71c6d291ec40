"""Every package is locked to one version and one content; `make lock` writes the files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))
PINNED = re.compile(r"[a-z0-9._-]+==[0-9][^\s]*( --hash=sha256:[0-9a-f]{64})+")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_package_is_pinned_with_its_hash(lock: Path) -> None:
    joined = lock.read_text().replace("\\\n", "")
    entries = [" ".join(line.split()) for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(entries) >= 4
    assert [entry for entry in entries if not PINNED.fullmatch(entry)] == []
