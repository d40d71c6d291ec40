"""Lists out and in again, and lines that are nearly right, in this process (R13, R17)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from proofs.fuzz import mutated
from proofs.report import Report
from tests.domain.reading.test_nearly_sound import a_document, a_mail, a_sheet
from tests.domain.test_export import FORMULAS, SPECIAL, kept
from webapp.domain.allowlist import MAX_NETWORKS, Allowlist, Entry
from webapp.domain.comment import parse_comment
from webapp.domain.desired import Line
from webapp.domain.export import EXPORTS
from webapp.domain.network import Network, NetworkError, parse_network
from webapp.domain.plan import Mode, plan
from webapp.domain.reading.decoding import decode
from webapp.domain.reading.read import Reading, read
from webapp.domain.reading.unreadable import Unreadable

MODES: tuple[Mode, Mode] = ("add", "replace")
SCRIPTS = (
    "abcXYZ 0123456789",
    ".:/-,;#'\"[](){}!~?=+@|\\%&*<>_\t",
    "äß€漢字कاب😀\u0301",
    "\u00a0\u200b\u202e\ufeff\u2028\x85",
)
FEW, LONG = 12, 0.01
CODECS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32")
OTHER = parse_network("233.252.0.0/24")


def round_trip(rounds: int, seed: int) -> Report:
    """Export lists, and import them again."""
    claim = (
        "What is exported and imported again is only kept, whether it is added or replaces the list; it makes the same "
        "list of an empty one, the same networks of any other; and the same plan a second time changes nothing."
    )
    report = Report("Export, then import", claim, seed, rounds, "lists, each in every format")
    chance, networks = random.Random(seed), 0
    with report.timed():
        for number in range(rounds):
            present, other = a_list(chance), a_list(chance)
            networks += len(present.entries)
            for name, write in EXPORTS.items():
                try:
                    lines = read(decode(write(present).encode())).lines
                    wrong = not_kept(present, lines) or not_the_same(present, lines, other)
                except Exception as error:
                    wrong = f"{type(error).__name__}: {error}"
                if wrong:
                    report.violated(f"list {number}, {name}: {wrong}")
    report.figures["formats"] = ", ".join(EXPORTS)
    report.figures["networks"] = f"{networks:,} in all, up to {MAX_NETWORKS:,} a list"
    return report


def a_list(chance: random.Random) -> Allowlist:
    """Return a list, now and then a full one, with comments as strange as a list may hold."""
    count = MAX_NETWORKS if chance.random() < LONG else chance.randrange(FEW)
    found = dict.fromkeys(a_network(chance) for _ in range(count))
    began = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [
        Entry(network, a_comment(chance), number, "x", began + timedelta(days=-number), a_comment(chance))
        for number, network in enumerate(found, 1)
    ]
    return Allowlist(chance.random() < 0.5, tuple(entries))


def a_network(chance: random.Random) -> Network:
    """Return any network, of any size."""
    bits = chance.choice((32, 32, 128))
    number, prefix = chance.getrandbits(bits), chance.randrange(bits + 1)
    width = ip_network((number.to_bytes(bits // 8), prefix), strict=False)
    try:
        return parse_network(str(width))
    except NetworkError:  # IPv4 in IPv6
        return parse_network("192.0.2.0/24")


def a_comment(chance: random.Random) -> str:
    """Return a comment as a list would hold it."""
    if chance.random() < 0.3:
        return kept(chance.choice(FORMULAS + SPECIAL))
    return kept("".join(chance.choice(chance.choice(SCRIPTS)) for _ in range(chance.choice((0, 3, 20, 140)))))


def not_kept(present: Allowlist, lines: tuple[Line, ...]) -> str:
    """Return what is not kept when a list's own export is imported."""
    for mode in MODES:
        found = plan(present, lines, mode)
        kinds = Counter(line.kind for line in found.lines)
        if kinds.keys() - {"keep"} or len(found.lines) != len(present.entries):
            return f"{mode} says {dict(kinds)} of {len(present.entries)}"
        if found.is_change or any(line.keeps_another_comment for line in found.lines):
            return f"{mode} changes something"
    return ""


def not_the_same(present: Allowlist, lines: tuple[Line, ...], other: Allowlist) -> str:
    """Return what differs when a list is imported in place of another one, and then once more."""
    made = plan(Allowlist(), lines, "replace").result
    if [(one.network, one.comment) for one in made.entries] != [(one.network, one.comment) for one in present.entries]:
        return "an empty list becomes another one"
    instead = plan(other, lines, "replace").result
    if {one.network for one in instead.entries} != {one.network for one in present.entries}:
        return "another list gets other networks"
    if any(plan(result, lines, mode).is_change for result in (made, instead) for mode in MODES):
        return "the same plan changes something the second time"
    return ""


def lines(rounds: int, seed: int) -> Report:
    """Read so many lines that are nearly right, hostile, or nonsense."""
    claim = (
        "Whatever a text is, it is read or refused with a sentence; what is accepted the network field and the comment "
        "field accept, and what a text excludes is never accepted; a correction in its place is accepted, or the "
        "comment beside it is complained of next; a plan that was applied leaves nothing to do."
    )
    report = Report("Lines that are nearly right", claim, seed, rounds, "lines")
    chance, seen, count = random.Random(seed), Counter[str](), 0
    with report.timed():
        while count < rounds:
            outside: set[str] = set()
            text = chance.choice(MAKERS)(chance, outside)
            count += text.count("\n") + 1
            try:
                check(report, text, chance, outside, seen)
            except Exception as error:
                report.violated(f"{type(error).__name__} {error}: {text!r}")
    report.figures["found"] = ", ".join(f"{number:,} {what}" for what, number in seen.most_common())
    return report


def check(report: Report, text: str, chance: random.Random, outside: set[str], seen: Counter[str]) -> None:
    """Read a text, also as the bytes of a file, and see that what it says holds."""
    with suppress(Unreadable):
        decode(text.encode(chance.choice(CODECS), "replace"))
    try:
        reading = read(text)
    except Unreadable as unreadable:
        seen["texts refused"] += 1
        if not unreadable.message:
            report.violated(f"refused without a sentence: {text!r}")
        return
    for line in reading.lines:
        seen["errors" if line.network is None else "networks"] += 1
        if line.network and not is_sound(line):
            report.violated(f"a field refuses {line.network} {line.comment!r}: {text!r}")
        if line.network and line.network.text in outside:
            report.violated(f"accepted, though excluded, {line.network}: {text!r}")
        if not line.network and not (line.problem and line.problem.message):
            report.violated(f"no reason for line {line.number}: {text!r}")
    planned(report, reading, chance)
    corrected(report, reading, chance, seen)


def is_sound(line: Line) -> bool:
    """Whether both fields accept what a line says."""
    assert line.network
    return parse_network(line.network.text) == line.network and parse_comment(line.comment or "") == (
        line.comment or ""
    )


def planned(report: Report, reading: Reading, chance: random.Random) -> None:
    """See that a plan of what was read can be applied, and then leaves nothing to do."""
    mode = chance.choice(MODES)
    read_so_far = list(dict.fromkeys(line.network for line in reading.lines if line.network))
    some = chance.sample(read_so_far, len(read_so_far) // 2)
    present = Allowlist(False, (Entry(OTHER), *(Entry(network, "before") for network in some if network != OTHER)))
    first = plan(present, reading.lines, mode, leave_out_errors=True)
    if plan(first.result, reading.lines, mode, leave_out_errors=True).is_change:
        report.violated(f"{mode} a second time changes something: {reading.text!r}")


def corrected(report: Report, reading: Reading, chance: random.Random, seen: Counter[str]) -> None:
    """See that a correction, of one line of a text, takes the place of what was wrong."""
    wrong = [line for line in reading.lines if line.problem and line.problem.corrections]
    for line in chance.sample(wrong, min(1, len(wrong))):
        assert line.problem
        right = chance.choice(line.problem.corrections)
        seen["corrections"] += 1
        again = [one for one in read(reading.corrected(line, right)).lines if one.number == line.number]
        found = {one.network.text for one in again if one.network}
        is_only_comment = any(one.problem and one.problem.code.startswith("comment_") for one in again)
        if not found.issuperset(right.split(", ")) and not is_only_comment:  # a range may take several networks
            report.violated(f"{right} is no correction of line {line.number}: {reading.text!r}")


def typed(chance: random.Random, _outside: set[str]) -> str:
    """Return networks as people type them, one a line, each with up to four mistakes."""
    return "\n".join(mutated(chance, TYPED).replace("\ud800", "") for _ in range(20))


def nonsense(chance: random.Random, _outside: set[str]) -> str:
    """Return characters of all kinds."""
    every = "".join(SCRIPTS) + "\n\n\r\x00\x1b"
    return "".join(chance.choice(every) for _ in range(chance.choice((10, 200, 2_000))))


TYPED = [
    "203.0.113.0/24",
    "2001:db8::/32",
    "192.0.2.7",
    "198.51.100.7/255.255.255.0",
    "192.0.2.1-192.0.2.9",
    "::ffff:192.0.2.1",
]
Maker = Callable[[random.Random, set[str]], str]
MAKERS: tuple[Maker, ...] = (a_mail, a_mail, a_sheet, a_document, typed, typed, nonsense)
