"""Run the proofs and write docs/proofs.md: `make proofs`; PROOFS=spoofs,kills for some, SCALE=0.01 for small."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from functools import partial

from proofs import (
    against_nginx,
    api,
    crowd,
    faults,
    flood,
    forward_auth,
    fuzz,
    history,
    kills,
    memory,
    outlive,
    plans,
    proxies,
    readings,
    rehearsals,
    restores,
    sign_in_times,
    sizes,
    skew,
    soak,
    spoofs,
    starve,
    walk,
    workers,
)
from proofs.databases import KINDS
from proofs.report import ROOT, Report, machine

SEED = 20_261_124
WRITTEN = ROOT / "docs" / "proofs.md"
KEPT = ROOT / "instance" / "proofs"
HEAD = "# Proofs\n\nWritten by `make proofs`: programs in `proofs/`, each with a seed, a size and a report.\n\n"
NOT_RUN = "## Not run at full size"
NAMED = re.compile(r"^<!-- (\w+) -->\n", re.MULTILINE)
SPOOFS = {"through nginx": 100_000, "straight to gunicorn": 20_000}
PROOFS: dict[str, list[tuple[Callable[[int, int], Report], int]]] = {
    "resolver": [(fuzz.resolver, 1_000_000)],
    "parser": [(fuzz.parser, 1_000_000)],
    "against_nginx": [(against_nginx.run, 100_000)],
    "spoofs": [(partial(spoofs.run, way=way), size) for way, size in SPOOFS.items()],
    "forward_auth": [(partial(forward_auth.run, kind=kind), 100_000) for kind in ("nginx", "Caddy")],
    "bursts": [(partial(forward_auth.bursts, kind=kind), 100) for kind in ("nginx", "Caddy")],
    "skew_1": [(partial(skew.run, kind="PostgreSQL", part=slice(0, None, 3)), 3_000)],
    "skew_2": [(partial(skew.run, kind="PostgreSQL", part=slice(1, None, 3)), 3_000)],
    "skew_3": [(partial(skew.run, kind="PostgreSQL", part=slice(2, None, 3)), 3_000)],
    "skew_sqlite": [(partial(skew.run, kind="SQLite"), 1_000)],
    "plans_at_once": [
        (partial(plans.run, kind=kind, program=program), 2_000) for kind in KINDS for program in (False, True)
    ],
    "round_trip": [(readings.round_trip, 10_000)],
    "lines": [(readings.lines, 1_000_000)],
    "api": [(partial(api.run, kind=kind), 1_000) for kind in KINDS],
    "rehearsals": [(partial(rehearsals.run, kind=kind), 100_000) for kind in KINDS],
    "restores": [(partial(restores.run, kind=kind), 20_000) for kind in KINDS],
    "walk": [(partial(walk.run, kind=kind), 10_000) for kind in KINDS],
    "propagation": [(partial(workers.propagation, kind=kind), 3_000) for kind in KINDS],
    "replay": [(partial(workers.replay, kind=kind), 1_000) for kind in KINDS],
    "restored": [(partial(workers.restored, kind=kind), 100) for kind in KINDS],
    "crowd": [(partial(crowd.crowd, kind=kind), 3_200) for kind in KINDS],
    "repeated": [(partial(crowd.repeated, kind=kind), 3_000) for kind in KINDS],
    "starve": [(partial(starve.run, kind=kind), 500) for kind in KINDS],
    "faults": [(partial(faults.run, kind=kind), 20) for kind in KINDS],
    "outlive": [(partial(outlive.run, kind=kind), 2_000) for kind in KINDS],
    "sign_in_times": [(partial(sign_in_times.run, kind=kind), 300) for kind in KINDS],
    "sizes": [(partial(sizes.run, kind=kind), 100_000) for kind in KINDS],
    "history": [(partial(history.run, kind=kind), 1_000_000) for kind in KINDS],
    "access": [(partial(history.run_access, kind=kind), 1_000_000) for kind in KINDS],
    "memory": [(memory.run, 1_000_000)],
    "kills": [(partial(kills.run, kind=kind), 1_000) for kind in KINDS],
    "proxies": [(proxies.run, 50)],
    "flood": [(flood.run, 300)],
    "soak": [(soak.run, 1_800)],
}


def run(names: list[str], scale: float) -> bool:
    """Run the proofs of these names at a part of their full size, and say how each went; return whether all hold."""
    good = True
    for name in names:
        reports = [proof(max(4, round(size * scale)), SEED) for proof, size in PROOFS[name]]
        lines = [line for report in reports for line in report.lines()]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        good &= not any(report.violations for report in reports)
        if scale == 1:
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / name).write_text("\n".join([machine(), *lines]), encoding="utf-8")
    return good


def write_down() -> None:
    """Write down the figures of every proof that has been run at full size, here or by whoever wrote them before."""
    written = WRITTEN.read_text(encoding="utf-8") if WRITTEN.is_file() else ""
    _, *parts = NAMED.split(written.partition(NOT_RUN)[0])
    figures = dict(zip(parts[::2], parts[1::2], strict=True))
    for name in PROOFS:
        if (KEPT / name).is_file():
            figures[name] = section(name, (KEPT / name).read_text(encoding="utf-8"))
    known = [name for name in PROOFS if name in figures]
    text = HEAD + "".join(f"<!-- {name} -->\n{figures[name].rstrip()}\n\n" for name in known)
    if missing := [f"`{name}`" for name in PROOFS if name not in figures]:
        text += f"{NOT_RUN}\n\n{', '.join(missing)}\n"
    WRITTEN.write_text(text.rstrip() + "\n", encoding="utf-8")


def section(name: str, kept: str) -> str:
    """Return what was kept of a proof as its reports, each with how and on what it was run."""
    ran_on, *lines = kept.split("\n")
    run_by = f"\n\nRun: `PROOFS={name} make proofs`, {ran_on}"
    return "\n".join(line + run_by if line.startswith("## ") else line for line in lines)


def main() -> int:
    """Run, and write down."""
    names = [name for name in os.environ.get("PROOFS", "").split(",") if name] or list(PROOFS)
    good = run(names, float(os.environ.get("SCALE", "1")))
    write_down()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
