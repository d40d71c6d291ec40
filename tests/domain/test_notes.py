import json
from pathlib import Path
from typing import Any

import pytest

from webapp.domain.network import Network, parse_network
from webapp.domain.notes import NOTE_TEXT, list_notes, notes

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "network.json").read_text())


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS["vectors"] if v["result"] == "ok" and not v.get("allow_warn")], ids=lambda v: v["id"]
)
def test_a_vector_has_exactly_its_notes(vector: dict[str, Any]) -> None:
    assert list(notes(parse_network(vector["input"]))) == vector["warnings"]


@pytest.mark.parametrize("code", [*VECTORS["warnings"], "already_covered", "one_family_only"])
def test_every_note_has_one_sentence(code: str) -> None:
    assert NOTE_TEXT[code].endswith(".")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::1", ("loopback",)),
        ("100.64.0.0/10", ("shared_cgnat",)),
        ("255.255.255.255", ("never_matches",)),
        ("192.0.0.8", ("never_matches",)),
        ("64:ff9b:1::1", ("translation_prefix",)),
        ("::203.0.113.7", ("translation_prefix",)),
        ("3fff::1", ("documentation",)),
        ("::/0", ("admits_every_ipv6",)),
        ("10.0.0.0/7", ("very_wide",)),
        ("8.8.8.8", ()),
    ],
)
def test_a_special_range_is_known_whatever_python_knows(text: str, expected: tuple[str, ...]) -> None:
    assert notes(parse_network(text)) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], ()),
        (["8.8.8.0/24", "2606:4700::/32"], ()),
        (["8.8.8.0/24"], ("one_family_only",)),
        (["2606:4700::/32"], ("one_family_only",)),
        (["128.0.0.0/1", "0.0.0.0/1"], ("admits_every_ipv4", "one_family_only")),
        (["0.0.0.0/0", "2606:4700::/32"], ("admits_every_ipv4",)),
        (["::/1", "8000::/2", "c000::/2", "0.0.0.0/0"], ("admits_every_ipv4", "admits_every_ipv6")),
        (["0.0.0.0/1", "128.0.0.0/2", "2606:4700::/32"], ()),
        (["0.0.0.0/1", "8000::/1"], ()),
    ],
)
def test_a_list_is_judged_by_the_union_of_its_networks(texts: list[str], expected: tuple[str, ...]) -> None:
    assert list_notes(map(Network.from_canonical, texts)) == expected
