"""Faults of the database under a real server, many times each: nobody ever gets a page."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from proofs.databases import database
from proofs.report import Report
from tests.servers import test_faults as faults
from tests.support.postgres import Cluster
from tests.support.quick import read_list

FAULTS: dict[str, Callable[[faults.Portal], AbstractContextManager[None]]] = {
    "stopped": faults.stopped,
    "frozen": faults.frozen,
    "out of connections": faults.crowded,
}
SQLITE: dict[str, Callable[[faults.Portal], AbstractContextManager[None]]] = {
    "locked by another process": faults.locked,
    "disk full": faults.full,
}


def run(times: int, seed: int, kind: str) -> Report:
    """Let each fault happen so many times; during it ask from listed and unlisted addresses, and try to change."""
    kinds = FAULTS if kind == "PostgreSQL" else SQLITE
    claim = "503 with Retry-After within 6 s, no page, nothing half done, full service within 5 s after the fault."
    rounds = times * len(kinds)
    report = Report(
        f"Faults of {kind}", claim, seed, rounds, "faults", "a network that loses packets; a full disk of PostgreSQL"
    )
    with report.timed(), ExitStack() as stack:
        if kind == "PostgreSQL":
            cluster = stack.enter_context(Cluster())
            portal = stack.enter_context(faults.portal(cluster.create_database("faults"), cluster))
        else:
            portal = stack.enter_context(faults.portal(stack.enter_context(database("SQLite"))))
        for name, fault in kinds.items():
            slowest = 0.0
            for number in range(times):
                try:
                    slowest = max(slowest, faults.once(portal, fault, reads=kind == "SQLite"))
                except (AssertionError, OSError, http.client.HTTPException) as error:
                    report.violated(f"{name} {number}: {type(error).__name__} {error}")
            report.figures[f"{name}, slowest refusal"] = f"{slowest:.1f} s of {times} times"
        assert read_list(portal.app, portal.world.halden).active
    return report
