"""Pasted texts on the page: the buttons that are offered, what pressing them stores, and the tool that checks."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.forms import press
from webapp.domain.text import printable

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "pasted.json").read_text(encoding="utf-8")
)["vectors"]
OFFERING = [vector for vector in VECTORS if vector["offer"]]
OFFICE = "203.0.113.0/24"


def typed(browser: Browser, text: str, comment: str = "", *, htmx: bool = False) -> Answer:
    return browser.post(f"{BASE}/networks", {"network": text, "comment": comment}, htmx=htmx)


def checked(browser: Browser, text: str, *, htmx: bool = False) -> Answer:
    return browser.get(f"{BASE}/check?address={quote(text)}", htmx=htmx)


def sentence(answer: Answer) -> str:
    return " ".join(answer.one("#check-error").get_text().split())


def test_every_vector_is_refused_with_a_button_for_each_network_that_it_offers(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    for vector in VECTORS:
        answer = typed(dana, vector["input"], htmx=htmx)
        error = answer.one("#add-network-error")
        assert (answer.status, len(answer.errors)) == (422, 1), vector
        assert [button.get_text() for button in error.select("button")] == [f"Add {net}" for net in vector["offer"]]
        assert all(network in error.get_text() for network in vector.get("named", ()))
        assert answer.value("network") == printable(vector["input"])
        assert answer.one("#add-comment")["value"] == vector["comment"]
    assert portal.networks() == []


@pytest.mark.parametrize("comment", ["", "Typed"])
def test_pressing_a_button_of_a_vector_keeps_its_comment_or_the_typed_one(
    portal: Portal, comment: str, htmx: bool
) -> None:
    dana = portal.signed_in()
    for vector in OFFERING:
        for number, network in enumerate(vector["offer"]):
            portal.set_list()
            answer = typed(dana, vector["input"], comment, htmx=htmx)
            added = press(dana, answer, answer.all("#add-network-error button")[number], htmx=htmx)
            assert added.status == (200 if htmx else 303), vector
            (entry,) = portal.list().entries
            assert (entry.network.text, entry.comment) == (network, comment or vector["comment"]), vector


def test_a_row_that_is_edited_takes_pasted_texts_too(portal: Portal) -> None:
    dana = portal.signed_in()
    for vector in OFFERING:
        portal.set_list("192.0.2.0/24")
        fields = {"network": vector["input"], "comment": "", "version": portal.version_of("192.0.2.0/24")}
        answer = dana.post(f"{BASE}/networks/{portal.id_of('192.0.2.0/24')}", fields)
        assert press(dana, answer, answer.all("tr.edit .err button")[0]).status == 303, vector
        (entry,) = portal.list().entries
        assert (entry.network.text, entry.comment) == (vector["offer"][0], vector["comment"])


def test_the_tool_offers_to_check_an_address_and_answers_for_a_network(portal: Portal, htmx: bool) -> None:
    portal.set_list("203.0.0.0/16", "2001:db8::/32")
    dana = portal.signed_in()
    for vector in VECTORS:
        answer = checked(dana, vector["input"], htmx=htmx)
        error = answer.one("#check-error")
        singles = [network.rpartition("/")[0] for network in vector["offer"] if network.endswith(("/32", "/128"))]
        assert answer.status == 422
        assert [button.get_text() for button in error.select("button")] == [f"Check {one}" for one in singles], vector
        for network in set(vector["offer"]) - {f"{one}/32" for one in singles}:
            covering = "2001:db8::/32" if ":" in network else "203.0.0.0/16"
            assert f"All of {network} is covered by {covering}" in sentence(answer), vector


def test_the_button_of_the_tool_checks_the_address(portal: Portal) -> None:
    portal.set_list(OFFICE, active=True)
    dana = portal.signed_in()
    form = checked(dana, "My address: 203.0.113.7.").one("#check-error form")
    assert (form["method"], form["action"]) == ("get", f"{BASE}/check")
    answer = checked(dana, str(form.select("[name=address]")[0]["value"]))
    assert answer.one("#allowlist-checked")["data-let-in"] == "true"


def test_the_tool_says_of_a_network_what_contains_it_and_what_it_contains(portal: Portal) -> None:
    portal.set_list("203.0.0.0/16", OFFICE, "203.0.113.128/25", "198.51.100.0/24", comment="Office <1>")
    dana = portal.signed_in()
    for text in (OFFICE, f"{OFFICE},", "203.0.113.7 netmask 255.255.255.0"):
        said = sentence(checked(dana, text))
        assert f"All of {OFFICE} is covered by {OFFICE} (Office <1>), 203.0.0.0/16." in said
        assert "It contains 1 listed network." in said
    assert "No listed network contains all of 192.0.2.0/24." in sentence(checked(dana, "192.0.2.0/24"))


def test_the_tool_speaks_of_addresses(portal: Portal) -> None:
    dana = portal.signed_in()
    for text, sentence in {
        "203.0.113.7 # office": "Enter the address alone.",
        "203.0.113.7, 203.0.113.8": "Enter one address at a time.",
        "203.0.113.0/24": "Enter one address, not a network.",
        "203.0.113.7/24": "Enter one address, not a network.",
        "203.0.113.0-203.0.113.9": "Enter one address, not a range.",
        "203.0.113.*": "Enter one address, not a range.",
        "203.0.113.0 255.255.255.0": "Enter the address alone, without its mask.",
        "203.0.113.7/": "Enter the address alone, without the slash.",
        "203.0.113.7;\u2603": "an address has digits, a-f, dots and colons.",
        "office 7": "Write it like 203.0.113.7.",
        "2001:db8:::1": "Write it like 2001:db8::7.",
        "office": "Enter an IP address or a reference, not a name.",
    }.items():
        assert sentence in checked(dana, text).one("#check-error").get_text()


def test_several_networks_are_told_so_before_their_length(portal: Portal) -> None:
    answer = typed(portal.signed_in(), "\n".join(f"203.0.113.{number}/32" for number in range(90)))
    assert answer.errors == ["several_values"]
