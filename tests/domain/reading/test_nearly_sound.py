"""Texts that are nearly right: what is accepted the field accepts, and what is to stay outside is never accepted (R13).

`PROOF_SCALE=1000` reads more than 100,000 lines.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from ipaddress import ip_network
from random import Random

import pytest

from tests.domain.reading.says import networks
from tests.support.quick import scaled
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.domain.plan import plan
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import Unreadable

ROUNDS = 10
COMMENTS = [
    "Office",
    "Büro Köln – Süd",
    "R&D (2nd)",
    "since 24.12.2026",
    "24/7 desk",
    "NO,NO-03,Oslo,0150",
    "",
    "x;y",
    "=1",
]
JOINTS = [" ", "\t", ", ", "; ", " # ", "#", " // ", " - ", ",", ";"]
FORMS = ["allow {};", "Require ip {}", '  "{}",', "- {}", "- '{}'", "ip4:{}", "{}, {}", "{} {}", "['{}', \"{}\"]"]
CHANGES = [*"/.:-,;#'\"[](){}!~? \t", "deny ", "not ", "\u00a0", "\u200b", "\r\n"]
OUTSIDE = [
    "deny {};",
    "not {}",
    "!{}",
    "-{}",
    "~{}",
    "{} deny",
    "{} (blocked)",
    "Require not ip {}",
    "-ip4:{}",
    "~ip6:{}",
]
OUTSIDE += [
    "{} is not allowed",
    "drop {}",
    "all but {}",
    "{} except this",
    "iptables -A INPUT -s {} -j ACCEPT",
    '["!{}"]',
]
OUTSIDE += ["{},blocked", "{};deny", 'deny = ["{}"]', "blocked: [{}, {}]", '{},"not in use"', "- not: {}", "{}\tunused"]


def a_network(chance: Random) -> str:
    """Return a network that hardly comes twice."""
    if chance.random() < 0.6:
        return str(ip_network((chance.getrandbits(32), chance.choice([24, 28, 32])), strict=False))
    return str(ip_network((1 << 125 | chance.getrandbits(124), chance.choice([48, 64, 128])), strict=False))


def changed(chance: Random, text: str) -> str:
    """Return the text with up to two characters more or fewer."""
    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        place = chance.randrange(len(text) + 1)
        text = (
            text[:place]
            + (chance.choice(CHANGES) if chance.random() < 0.5 else "")
            + text[place + chance.randrange(2) :]
        )
    return text


def a_mail(chance: Random, outside: set[str]) -> str:
    """Return lines of many kinds, some of which exclude."""
    lines = []
    for _ in range(20):
        network = a_network(chance)
        if chance.random() < 0.2:
            outside.add(network)
            lines.append(chance.choice(OUTSIDE).replace("{}", network))
        elif chance.random() < 0.4:
            lines.append(changed(chance, chance.choice(FORMS).replace("{}", network)))
        else:
            lines.append(changed(chance, network + chance.choice(JOINTS) + chance.choice(COMMENTS)))
    return chance.choice(["\n", "\r\n", "\r"]).join(lines)


def a_sheet(chance: Random, outside: set[str]) -> str:
    """Return a table some of whose rows exclude."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=chance.choice(",;\t"))
    writer.writerow(["comment", "network", "action"])
    for _ in range(20):
        network, action = a_network(chance), chance.choice(["allow", "", "deny", "blocked", "drop"])
        outside |= set() if action in {"allow", ""} else {network}
        writer.writerow([chance.choice(COMMENTS), network, action])
    return file.getvalue()


def a_document(chance: Random, outside: set[str]) -> str:
    """Return a document some of whose objects exclude."""
    objects = []
    for _ in range(20):
        network = a_network(chance)
        beside: dict[str, object] = chance.choice(
            [{}, {"action": "deny"}, {"enabled": False}, {"region": "x"}, {"denied": True}]
        )
        outside |= {network} if beside and "region" not in beside else set()
        objects.append({chance.choice(["network", "cidr", "ip_prefix"]): network, **beside})
    return json.dumps(chance.choice([objects, {"networks": objects}, {"prefixes": objects}]))


@pytest.mark.parametrize("make", [a_mail, a_sheet, a_document])
def test_nothing_is_accepted_that_the_field_refuses_or_the_text_excludes(
    make: Callable[[Random, set[str]], str],
) -> None:
    accepted = 0
    for seed in range(scaled(ROUNDS)):
        outside: set[str] = set()
        text = make(Random(seed), outside)  # noqa: S311 - no secret
        found = networks(text)
        accepted += len(found)
        assert outside.isdisjoint(found), seed
        assert [parse_network(network).text for network in found] == found
    assert accepted > scaled(ROUNDS) * 5


@pytest.mark.parametrize("make", [a_mail, a_sheet, a_document])
def test_a_text_with_a_mistake_anywhere_is_read_or_refused_and_its_plan_can_be_applied_twice(
    make: Callable[[Random, set[str]], str],
) -> None:
    for seed in range(scaled(ROUNDS)):
        chance = Random(seed)  # noqa: S311 - no secret
        text = changed(chance, make(chance, set()))
        try:
            lines = read(text).lines
        except Unreadable:
            continue
        first = plan(Allowlist(), lines, "replace")
        assert not plan(first.result, lines, "replace").is_change
