"""Each proof at a small size; `make proofs` runs them at full size."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

import proofs.__main__ as main
from proofs import (
    against_nginx,
    api,
    crowd,
    databases,
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
    walk,
    workers,
)
from proofs.report import Report
from proofs.sign_in_times import mann_whitney
from tests.conftest import migrate
from tests.support.nginx import find_program
from tests.support.postgres import Cluster
from tests.support.world import CHEAP
from webapp.domain.applying import Seen

SEED = 7
SMALL: dict[str, Callable[[], Report]] = {
    "resolver": lambda: fuzz.resolver(20_000, SEED),
    "parser": lambda: fuzz.parser(20_000, SEED),
    "spoofs through nginx": lambda: spoofs.run(800, SEED, "through nginx"),
    "spoofs straight to gunicorn": lambda: spoofs.run(800, SEED, "straight to gunicorn"),
    "forged identities through nginx": lambda: forward_auth.run(400, SEED, "nginx"),
    "forged identities through Caddy": lambda: forward_auth.run(400, SEED, "Caddy"),
    "bursts through nginx": lambda: forward_auth.bursts(1, SEED, "nginx"),
    "bursts through Caddy": lambda: forward_auth.bursts(1, SEED, "Caddy"),
    "against nginx": lambda: against_nginx.run(1_000, SEED),
    "crowd": lambda: crowd.crowd(40, SEED, "PostgreSQL"),
    "repeated posts": lambda: crowd.repeated(20, SEED, "SQLite"),
    "faults of SQLite": lambda: faults.run(1, SEED, "SQLite"),
    "write skew": lambda: skew.run(2, SEED, "PostgreSQL"),
    "plans of two owners": lambda: plans.run(25, SEED, "SQLite", program=False),
    "plans of an owner and a program": lambda: plans.run(25, SEED, "PostgreSQL", program=True),
    "round trip": lambda: readings.round_trip(150, SEED),
    "lines": lambda: readings.lines(5_000, SEED),
    "rehearsals on PostgreSQL": lambda: rehearsals.run(300, SEED, "PostgreSQL"),
    "rehearsals on SQLite": lambda: rehearsals.run(300, SEED, "SQLite"),
    "restores on PostgreSQL": lambda: restores.run(25, SEED, "PostgreSQL"),
    "restores on SQLite": lambda: restores.run(25, SEED, "SQLite"),
    "the API as described": lambda: api.run(5, SEED, "PostgreSQL"),
    "a long history": lambda: history.run(2_000, SEED, "PostgreSQL"),
    "a long history on SQLite": lambda: history.run(2_000, SEED, "SQLite"),
    "long access": lambda: history.run_access(2_000, SEED, "PostgreSQL"),
    "long access on SQLite": lambda: history.run_access(2_000, SEED, "SQLite"),
    "walk": lambda: walk.run(50, SEED, "SQLite"),
    "propagation": lambda: workers.propagation(5, SEED, "PostgreSQL"),
    "replay": lambda: workers.replay(6, SEED, "SQLite"),
    "restore of PostgreSQL": lambda: workers.restored(2, SEED, "PostgreSQL"),
    "restore of SQLite": lambda: workers.restored(2, SEED, "SQLite"),
    "outlive on PostgreSQL": lambda: outlive.run(96, SEED, "PostgreSQL"),
    "outlive on SQLite": lambda: outlive.run(96, SEED, "SQLite"),
    "sizes on PostgreSQL": lambda: sizes.run(2_000, SEED, "PostgreSQL", things=["sign-ins"], times=1),
    "sizes on SQLite": lambda: sizes.run(2_000, SEED, "SQLite", things=["blocked attempts"], times=1),
    "memory": lambda: memory.run(1_500, SEED),
    "kills on PostgreSQL": lambda: kills.run(10, SEED, "PostgreSQL"),
    "times of sign-in": lambda: sign_in_times.run(4, SEED, "PostgreSQL", CHEAP),
    "kills on SQLite": lambda: kills.run(10, SEED, "SQLite"),
    "proxy faults": lambda: proxies.run(2, SEED),
    "flood of blocked people": lambda: flood.run(1, SEED, machines=1, workers=1),
    "soak": lambda: soak.run(3, SEED, machines=2),
}


@dataclass(frozen=True)
class Migrated:
    """A migrated database of each kind, to be copied: a PostgreSQL and all migrations for each proof take a minute."""

    cluster: Cluster
    file: Path

    @classmethod
    def once(cls, cluster: Cluster, folder: Path) -> Migrated:
        """Migrate both."""
        migrated = cls(cluster, folder / "migrated.sqlite3")
        migrate(f"sqlite:///{migrated.file}")
        migrate(cluster.create_database("migrated"))
        return migrated

    def create_database(self, name: str) -> str:
        """Return the URL of a copy, as `Cluster` does."""
        return self.cluster.create_database(name, template="migrated")

    def drop_database(self, name: str) -> None:
        """Remove a copy."""
        self.cluster.drop_database(name)

    def migrate(self, url: str) -> None:
        """Make SQLite's copy; PostgreSQL's has been made."""
        if file := url.partition("sqlite:///")[2]:
            shutil.copyfile(self.file, file)


@pytest.fixture(scope="module")
def migrated(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """What each proof gets a copy of."""
    return Migrated.once(cluster, tmp_path_factory.mktemp("proofs"))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("name", SMALL)
def test_it_holds(name: str, migrated: Migrated, monkeypatch: pytest.MonkeyPatch) -> None:
    if find_program() is None:
        pytest.skip("needs nginx (package nginx-light)")
    monkeypatch.setattr(workers, "WORKERS", 3)
    monkeypatch.setattr(databases, "Cluster", lambda: nullcontext(migrated))
    monkeypatch.setattr(databases, "migrate", migrated.migrate)
    report = SMALL[name]()
    assert report.violations == []
    assert report.lines()[4].endswith(": 0 violations")


def test_a_plan_that_is_applied_unseen_is_a_violation(migrated: Migrated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "migrate", migrated.migrate)
    monkeypatch.setattr(plans, "with_seen", lambda *_: Seen())
    assert "no order does that" in plans.run(8, SEED, "SQLite", program=False).violations[0]


def test_samples_that_differ_are_told_from_those_that_do_not() -> None:
    even, odd, later = [float(n) for n in range(0, 200, 2)], [float(n) for n in range(1, 201, 2)], [160.0] * 100
    assert mann_whitney(even, odd) > 0.8
    assert mann_whitney(even, later) < 0.001 > mann_whitney(later, even)


def test_a_violation_is_reported() -> None:
    report = Report("A proof", "It holds.", SEED, 1_000, "rounds", "the weather")
    report.violated("it did not hold")
    text = "\n".join(report.lines())
    assert "1,000 rounds, seed 7, 0 s: **1 violations**" in text
    assert "- violation: `it did not hold`" in text
    assert "- not measured: the weather" in text


def test_what_was_measured_elsewhere_stays_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, written = tmp_path / "kept", tmp_path / "proofs.md"
    kept.mkdir()
    monkeypatch.setattr(main, "KEPT", kept)
    monkeypatch.setattr(main, "WRITTEN", written)
    (kept / "parser").write_text("on this machine\n## The parser\n\nIt holds.\n")
    main.write_down()
    (kept / "parser").unlink()
    (kept / "resolver").write_text("on another\n## The resolver\n\nIt holds, too.\n")
    main.write_down()
    text = written.read_text()
    first, second = (
        text.index("## The resolver\n\nRun: `PROOFS=resolver make proofs`, on another"),
        text.index("It holds."),
    )
    assert first < second < text.index("## Not run at full size\n\n`against_nginx`, ")
    main.write_down()
    assert written.read_text() == text
