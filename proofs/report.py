"""What a proof has measured: on what, how often, with which seed, and what it did not measure."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass
class Report:
    """The figures of one proof. `violations` are what must not be; an empty list is the proof."""

    name: str
    claim: str
    seed: int
    rounds: int
    unit: str
    not_measured: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Measure how long the proof takes."""
        began = time.monotonic()
        yield
        self.seconds = time.monotonic() - began

    def violated(self, what: str) -> None:
        """Note what must not be; the first hundred are enough to read."""
        if len(self.violations) < 100:
            self.violations.append(what)

    def lines(self) -> list[str]:
        """Return the report as Markdown."""
        verdict = "0 violations" if not self.violations else f"**{len(self.violations)} violations**"
        text = [f"## {self.name}", "", f"{self.claim}", ""]
        text += [f"- {self.rounds:,} {self.unit}, seed {self.seed}, {self.seconds:.0f} s: {verdict}"]
        text += [f"- {name}: {value}" for name, value in self.figures.items()]
        text += [f"- not measured: {self.not_measured}"] if self.not_measured else []
        text += [f"- violation: `{violation[:300]}`" for violation in self.violations[:10]]
        return [*text, ""]


def machine() -> str:
    """Return what the proofs ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, commit {commit.stdout.strip() or 'none'}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
