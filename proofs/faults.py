"""Faults of the database under a real server with a crowd at it, many times each: nobody ever gets a page."""

from __future__ import annotations

import http.client
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proofs.report import Report
from tests.support import faults
from tests.support.faults import CROWD, DISK_MB, ON_POSTGRES, ON_SQLITE, Portal


@contextmanager
def running(kind: str) -> Iterator[Portal]:
    """A portal on a database of its own of the kind."""
    if kind == "PostgreSQL":
        with faults.portal_on_postgres(disk_mb=DISK_MB) as portal:
            yield portal
    else:
        with tempfile.TemporaryDirectory() as folder, faults.portal_on_sqlite(Path(folder)) as portal:
            yield portal


def run(times: int, seed: int, kind: str) -> Report:
    """Let each fault happen so many times under a crowd who ask for pages and make changes, listed and not."""
    kinds = ON_POSTGRES if kind == "PostgreSQL" else ON_SQLITE
    claim = (
        f"While {CROWD} people ask at once: 503 with Retry-After within 6 s, no page to an uncovered or unknown "
        "address, nothing half done, full service within 5 s after the fault."
    )
    not_measured = "a network that loses packets; a disk that fails"
    report = Report(f"Faults of {kind}", claim, seed, times * len(kinds), "faults", not_measured)
    with report.timed(), running(kind) as portal:
        for name, fault in kinds.items():
            slowest = 0.0
            for number in range(times):
                try:
                    slowest = max(slowest, faults.once(portal, fault))
                except (AssertionError, OSError, http.client.HTTPException) as error:
                    report.violated(f"{name} {number}: {type(error).__name__} {error}")
            report.figures[f"{name}, slowest refusal"] = f"{slowest:.1f} s of {times} times"
    return report
