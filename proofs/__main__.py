"""Run the proofs and write docs/proofs.md: `make proofs`; PROOFS=spoofs,kills for some, SCALE=0.01 for small."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

from proofs import fuzz, kills, skew, spoofs, workers
from proofs.databases import KINDS
from proofs.report import ROOT, Report, machine

SEED = 20_261_124
WRITTEN = ROOT / "docs" / "proofs.md"
PROOFS: dict[str, list[tuple[Callable[[int, int], Report], int]]] = {
    "resolver": [(fuzz.resolver, 1_000_000)],
    "parser": [(fuzz.parser, 1_000_000)],
    "spoofs": [(spoofs.run, 100_000)],
    "skew": [(partial(skew.run, kind=kind), 3_000 if kind == "PostgreSQL" else 1_000) for kind in KINDS],
    "propagation": [(partial(workers.propagation, kind=kind), 3_000) for kind in KINDS],
    "replay": [(partial(workers.replay, kind=kind), 1_000) for kind in KINDS],
    "restored": [(partial(workers.restored, kind=kind), 250) for kind in KINDS],
    "kills": [(partial(kills.run, kind=kind), 1_000) for kind in KINDS],
}


def run(names: list[str], scale: float) -> list[Report]:
    """Run the proofs of these names at a part of their full size, and say how each went."""
    reports = []
    for name in names:
        for proof, size in PROOFS[name]:
            report = proof(max(4, round(size * scale)), SEED)
            sys.stdout.write("\n".join(report.lines()) + "\n")
            sys.stdout.flush()
            reports.append(report)
    return reports


def main() -> int:
    """Run, and write the figures down where all proofs ran at full size."""
    names = [name for name in os.environ.get("PROOFS", "").split(",") if name] or list(PROOFS)
    scale = float(os.environ.get("SCALE", "1"))
    reports = run(names, scale)
    if names == list(PROOFS) and scale == 1:
        head = [
            "# Proofs",
            "",
            "Written by `make proofs`. Each is a program in `proofs/`; the same seed gives the same run.",
            "",
        ]
        body = [line for report in reports for line in report.lines()]
        WRITTEN.write_text("\n".join([*head, machine(), "", *body]).rstrip() + "\n", encoding="utf-8")
    return 1 if any(report.violations for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
