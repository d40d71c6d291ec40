"""Several networks, or a range that takes several, in the field for one: the way into their plan."""

from __future__ import annotations

import pytest
from bs4 import Tag

from tests.support.client import BASE, Answer, Portal
from webapp.domain.network import NetworkError
from webapp.settings.allowlist.forms.several import Several

OFFICE, VPN = "203.0.113.0/24", "198.51.100.0/24"
TWELVE = [f"192.0.2.{number}/32" for number in range(12)]
RANGE = "203.0.113.8-203.0.113.13"


def typed(portal: Portal, network: str, comment: str = "", *, htmx: bool = False) -> Answer:
    """Send the form for a network."""
    return portal.signed_in().post(f"{BASE}/networks", {"network": network, "comment": comment}, htmx=htmx)


def way(answer: Answer) -> Tag:
    """Return the form into the plan, which its one button below the field belongs to."""
    (button,) = answer.all("button[form]")
    return answer.one(f"form[id='{button['form']}'][action='{BASE}/import']")


def text_of(answer: Answer) -> str:
    """Return the text that the way into the plan sends."""
    (text,) = way(answer).select("input[name=text]")
    return str(text["value"])


@pytest.mark.parametrize("separator", ["\n", "\r\n", ", ", ";", " ", "\t", "\u00a0", " , \n"])
def test_several_networks_are_counted_and_lead_into_their_plan(portal: Portal, separator: str, htmx: bool) -> None:
    answer = typed(portal, separator.join(TWELVE), htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["several_values"])
    assert "That looks like 12 networks." in answer.one("#add-network-error").get_text()
    assert answer.one("button[form]").get_text() == "Review and add 12 networks"
    assert [line.strip(" ,") for line in text_of(answer).splitlines()] == TWELVE
    assert [field["value"] for field in way(answer).select("input[name=mode]")] == ["add"]
    assert portal.networks() == []


def test_what_was_typed_stays_in_the_form(portal: Portal, htmx: bool) -> None:
    answer = typed(portal, f"{OFFICE}, {VPN}", "Offices", htmx=htmx)
    assert (answer.value("network"), answer.value("comment")) == (f"{OFFICE}, {VPN}", "Offices")


def test_a_comment_goes_along_with_each_that_has_none(portal: Portal, htmx: bool) -> None:
    answer = typed(portal, f"{OFFICE} # Lab\n{VPN}\n192.0.2.9/24", " Rotterdam ", htmx=htmx)
    assert text_of(answer) == f"{OFFICE} # Lab\n{VPN} # Rotterdam\n192.0.2.9/24 # Rotterdam"


def test_what_stands_in_one_line_is_put_into_lines_of_its_own_to_be_corrected(portal: Portal, htmx: bool) -> None:
    answer = typed(portal, f"{RANGE}, {OFFICE}; 192.0.2.9/24", htmx=htmx)
    assert text_of(answer).splitlines() == [RANGE, OFFICE, "192.0.2.9/24"]


@pytest.mark.parametrize(
    ("text", "comment", "sent"),
    [
        (f"network,comment\n{OFFICE},\n{VPN},VPN", "Mail", f"{OFFICE} # Mail\n{VPN} # VPN"),
        (f"network,comment\n{OFFICE},Lab\n192.0.2.9/24,VPN", "Mail", ""),
        (f'["{OFFICE}", "{VPN}"]', "", ""),
    ],
)
def test_a_table_or_a_document_stays_what_it_is_unless_all_of_it_can_be_said_in_lines(
    text: str, comment: str, sent: str
) -> None:
    error = NetworkError("several_values", "")
    several = Several.of(text, comment, error)
    assert several is not None
    assert (several.text, several.count) == (sent or text, 2)


def test_a_range_of_several_networks_leads_into_their_plan_too(portal: Portal, htmx: bool) -> None:
    networks = ["203.0.113.8/30", "203.0.113.12/31"]
    answer = typed(portal, RANGE, htmx=htmx)
    assert answer.errors == ["range_notation"]
    said = f"That looks like 2 networks: {', '.join(networks)}."
    assert said in answer.one("#add-network-error").get_text()
    assert text_of(answer).splitlines() == networks


@pytest.mark.parametrize(("text", "comment"), [(RANGE, "VPN"), (f"VPN: {RANGE}", ""), (f"{RANGE} (VPN)", "")])
def test_the_comment_of_a_range_goes_along(portal: Portal, text: str, comment: str) -> None:
    answer = typed(portal, text, comment)
    assert text_of(answer).splitlines() == ["203.0.113.8/30 # VPN", "203.0.113.12/31 # VPN"]
    assert answer.value("comment") == "VPN"


@pytest.mark.parametrize(
    "text", [f"Office {OFFICE} VPN {VPN}", f"{OFFICE} except 203.0.113.9", f"{OFFICE} {VPN} " + "x" * 8_000]
)
def test_where_the_number_cannot_be_told_the_whole_text_goes_along(portal: Portal, text: str, htmx: bool) -> None:
    answer = typed(portal, text, htmx=htmx)
    assert "That looks like several networks." in answer.one("#add-network-error").get_text()
    assert text_of(answer) == text


@pytest.mark.parametrize(
    "text", ["", "x", OFFICE[:-1], "203.0.113.9/24", "203.0.113.0-203.0.113.255", "not 192.0.2.0/24"]
)
def test_anything_else_leads_into_no_plan(portal: Portal, text: str, htmx: bool) -> None:
    assert typed(portal, text, htmx=htmx).all("button[form]") == []


def test_characters_that_no_page_may_hold_are_replaced(portal: Portal, htmx: bool) -> None:
    assert text_of(typed(portal, f"{OFFICE}\x00\n{VPN}\x1b", htmx=htmx)) == f"{OFFICE}\ufffd\n{VPN}\ufffd"


def test_a_row_takes_one_network(portal: Portal, htmx: bool) -> None:
    portal.set_list(OFFICE)
    fields = {"network": f"{OFFICE}, {VPN}", "version": portal.version_of(OFFICE)}
    answer = portal.signed_in().post(f"{BASE}/networks/{portal.id_of(OFFICE)}", fields, htmx=htmx)
    assert "Enter one network at a time." in answer.text
    assert answer.all("button[form]") == []


def test_many_networks_of_a_range_are_not_all_named() -> None:
    networks = tuple(f"192.0.2.{number}/32" for number in range(14))
    assert Several("", 14, networks).message.endswith("192.0.2.11/32 and 2 more.")


LINES = f"{OFFICE} Office\n{VPN} VPN\n"


def pasted(portal: Portal, network: str, lines: str = LINES, *, htmx: bool = False, csrf: str | None = None) -> Answer:
    """Send the form for a network into which lines were pasted, as the script sends it."""
    fields = {"network": network, "pasted": lines}
    return portal.signed_in().post(f"{BASE}/networks", fields, csrf=csrf, htmx=htmx)


def test_lines_that_were_pasted_go_along_as_lines(portal: Portal, htmx: bool) -> None:
    answer = pasted(portal, f"{OFFICE} Office {VPN} VPN", htmx=htmx)
    assert "That looks like 2 networks." in answer.one("#add-network-error").get_text()
    assert text_of(answer) == LINES


@pytest.mark.parametrize("network", [f"{OFFICE} Office", VPN, "", f"{VPN} VPN {OFFICE} Office"])
def test_pasted_lines_that_the_field_does_not_hold_any_more_are_nothing(portal: Portal, network: str) -> None:
    answer = pasted(portal, network)
    assert LINES not in answer.text
    assert answer.status == 303 or answer.value("pasted") == ""


def test_pasted_lines_outlive_a_refusal(portal: Portal, htmx: bool) -> None:
    answer = pasted(portal, f"{OFFICE} Office {VPN} VPN", csrf="old", htmx=htmx)
    assert (answer.refused, answer.value("pasted")) == ("csrf", LINES)
