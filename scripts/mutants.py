"""Change the rules a little at a time, and write docs/mutants.md: how many changes the tests notice, and why not all.

`make mutants` makes and tries all of them with mutmut; MUTANTS='webapp.domain.coverage.*' tries some again.
Ends with an error if a module is below LEAST per cent, or if a survivor is not explained in docs/mutants.md.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tomllib import loads

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "mutants"
FILE = ROOT / "docs" / "mutants.md"
LEAST = 95.0
# A twentieth of the examples that a test asks for itself; no plugins of pytest that these tests have no use for.
QUICK = {"PROOF_SCALE": "0.05", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
NOTICED = {1, 3, 24, 36, 152, 255, -24}  # a test failed, or went on for ever
# Which tests are about a module: mutmut would ask every test that comes by, and those of storage about everything.
ABOUT = {
    "webapp.domain.client_address": ("tests/domain/test_client_address.py",),
    "webapp.domain.address": ("tests/domain/test_address.py", "tests/domain/test_network.py"),
    "webapp.domain.network": ("tests/domain/test_network.py", "tests/domain/test_refusals.py"),
    "webapp.domain.notation": ("tests/domain/test_network.py", "tests/domain/test_refusals.py"),
    "webapp.domain.malformed": ("tests/domain/test_network.py", "tests/domain/test_refusals.py"),
    "webapp.domain.coverage": ("tests/domain/test_coverage.py",),
    "webapp.domain.admission": ("tests/domain/test_admission.py",),
    "webapp.domain.compiled_list": ("tests/domain/test_compiled_list.py",),
    "webapp.domain.allowlist": ("tests/domain/test_allowlist.py", "tests/domain/test_leaving_out.py"),
    "webapp.domain.leaving_out": ("tests/domain/test_allowlist.py", "tests/domain/test_leaving_out.py"),
    "webapp.domain.current_network": ("tests/domain/test_allowlist.py", "tests/domain/test_address_kind.py"),
    "webapp.domain.standing": ("tests/domain/test_standing.py",),
    "webapp.domain.consent": ("tests/domain/test_consent.py",),
    "webapp.storage.stored_lists": ("tests/storage/test_reading_lists.py",),
    "webapp.storage.allowlists": tuple(
        f"tests/storage/test_{name}.py" for name in ("changing", "reading_lists", "outlive")
    ),
}
FIGURES, SURVIVORS, UNEXPLAINED = "<!-- figures -->", "<!-- survivors -->", "Not explained."
_NAME = re.compile(r"(?P<module>.+)\.x(?:ǁ(?P<owner>\w+)ǁ|_)(?P<function>\w+)__mutmut_\d+")
_KNOWN = re.compile(r"^- (?P<what>.+)\n  (?P<why>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    """A change of a module, and what became of it: None where it was not tried."""

    name: str
    module: str
    outcome: int | None

    @property
    def is_noticed(self) -> bool:
        return self.outcome in NOTICED


def run(patterns: list[str]) -> None:
    """Let mutmut try all mutants anew, or only these."""
    if not patterns:
        shutil.rmtree(PLACE, ignore_errors=True)
    mutmut("run", "webapp.domain.standing.*")  # the fewest mutants: it finds out which tests come by which function
    narrow()
    mutmut("run", *patterns)


def mutmut(*words: str) -> None:
    command = [sys.executable, "-m", "mutmut", words[0], "--max-children", "2", *words[1:]]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **QUICK}, check=True)


def narrow() -> None:
    """Leave each function only the tests that are about its module."""
    stats = json.loads((PLACE / "mutmut-stats.json").read_text())
    asked: dict[str, list[str]] = stats["tests_by_mangled_function_name"]
    for function, tests in asked.items():
        about = ABOUT.get(function.rpartition(".x")[0], ())
        asked[function] = [test for test in tests if test.startswith(about)]
    (PLACE / "mutmut-stats.json").write_text(json.dumps(stats))


def mutants() -> Iterator[Mutant]:
    """What mutmut has written down, module by module."""
    for path in loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]:
        outcomes = json.loads((PLACE / f"{path}.meta").read_text())["exit_code_by_key"]
        for name, outcome in outcomes.items():
            yield Mutant(name, path.removesuffix(".py").replace("/", "."), outcome)


def what(mutant: Mutant) -> str:
    """Say what was changed, in one line that stays the same while the function does."""
    command = [sys.executable, "-m", "mutmut", "show", mutant.name]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    found = _NAME.fullmatch(mutant.name)
    place = ".".join(filter(None, found.group("owner", "function"))) if found else mutant.name
    return f"`{mutant.module}` `{place}`: `{before}` → `{after}`"


def figures(tried: Iterable[Mutant]) -> Iterator[tuple[str, int, int]]:
    """Return for each module how many mutants were noticed, and of how many; and all together."""
    tried = list(tried)
    noticed, total = Counter(m.module for m in tried if m.is_noticed), Counter(m.module for m in tried)
    for module, number in total.items():
        yield module, noticed[module], number
    yield "all", noticed.total(), total.total()


def write(tried: list[Mutant]) -> bool:
    """Write the figures and the survivors, with the reasons that the file has for them; whether all have one."""
    head = FILE.read_text().partition(FIGURES)[0]
    reasons = {found["what"]: found["why"] for found in _KNOWN.finditer(FILE.read_text())}
    rows = [f"| {name} | {good} | {total} | {100 * good / total:.1f} |" for name, good, total in figures(tried)]
    survivors = dict.fromkeys(what(mutant) for mutant in tried if not mutant.is_noticed)
    table = "\n".join(("| Module | noticed | of | % |", "|---|---|---|---|", *rows))
    listed = "\n".join(f"- {each}\n  {reasons.get(each, UNEXPLAINED)}" for each in survivors)
    FILE.write_text(f"{head}{FIGURES}\n{table}\n\n{SURVIVORS}\n## What no test notices\n\n{listed}\n")
    return all(reasons.get(each, UNEXPLAINED) != UNEXPLAINED for each in survivors)


def main() -> int:
    run(sys.argv[1:])
    tried = list(mutants())
    is_explained = write(tried)
    for name, good, total in figures(tried):
        print(f"{name:32} {good:5} of {total:5}  {100 * good / total:5.1f} %")
    is_enough = all(100 * good >= LEAST * total for _, good, total in figures(tried))
    if not is_explained:
        print(f"docs/mutants.md has survivors that are not explained: search it for “{UNEXPLAINED}”", file=sys.stderr)
    return 0 if is_enough and is_explained else 1


if __name__ == "__main__":
    sys.exit(main())
