"""Deleting or editing a network that others are signed in from asks first, and names them (R8c)."""

from __future__ import annotations

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.quick import start_session
from tests.support.world import HOME

COVER, OTHER = "203.0.113.0/24", "198.51.100.0/24"
OFFICE, OFFICE_TOO = "198.51.100.14", "198.51.100.15"


@pytest.fixture(params=["delete", "edit"])
def act(request: pytest.FixtureRequest) -> str:
    """Both kinds of change that can sign people out."""
    return str(request.param)


def change(browser: Browser, portal: Portal, act: str, htmx: bool = False, **fields: str) -> Answer:
    """Delete OTHER, or make it a network in which nobody is."""
    url = f"{BASE}/networks/{portal.id_of(OTHER)}" + ("/delete" if act == "delete" else "")
    sent = {"version": portal.version_of(OTHER)} | ({"network": "192.0.2.0/24"} if act == "edit" else {})
    return browser.post(url, sent | fields, htmx=htmx)


def present(portal: Portal, person: str, address: str | None) -> None:
    """Somebody is signed in from an address."""
    start_session(portal.app, portal.world.halden, portal.world.users[person], address)


def fields_of(answer: Answer) -> dict[str, str]:
    """Return what the form that was asked about holds, with its button of consent."""
    form = answer.one("tr.edit form:has([name=confirm_signouts])")
    return {str(tag["name"]): str(tag.get("value", "")) for tag in form.select("input[name], [name=confirm_signouts]")}


def test_it_asks_first_and_names_them(portal: Portal, act: str, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    before = portal.list()
    answer = change(portal.signed_in(), portal, act, htmx)
    assert (answer.status, answer.refused) == (409, "signs_out_others")
    refusal = answer.one("[data-refused=signs_out_others]")
    assert "Sanne Li" in refusal.get_text()
    assert OFFICE in refusal.get_text()
    assert portal.list() == before


def test_with_a_yes_it_is_done(portal: Portal, act: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    dana = portal.signed_in()
    asked = change(dana, portal, act)
    url = f"{BASE}/networks/{portal.id_of(OTHER)}" + ("/delete" if act == "delete" else "")
    assert dana.post(url, fields_of(asked)).status == 303
    assert portal.networks()[0] == ("192.0.2.0/24" if act == "edit" else COVER)
    assert portal.list().active


def test_a_bare_yes_is_enough(portal: Portal, act: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    assert change(portal.signed_in(), portal, act, confirm_signouts="1").status == 303


@pytest.mark.parametrize("no", ["", "0", "true", "2"])
def test_nothing_but_1_is_a_yes(portal: Portal, act: str, no: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    assert change(portal.signed_in(), portal, act, confirm_signouts=no).refused == "signs_out_others"


def test_a_yes_does_not_count_for_somebody_who_was_not_named(portal: Portal, act: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    dana = portal.signed_in()
    named = fields_of(change(dana, portal, act))
    present(portal, "mara", OFFICE_TOO)
    again = change(dana, portal, act, confirm_signouts="1", preview=named["preview"])
    assert (again.status, again.refused) == (409, "signs_out_others")
    assert "Mara Osei" in again.text
    agreed = fields_of(again)
    assert change(dana, portal, act, confirm_signouts="1", preview=agreed["preview"]).status == 303


def test_somebody_named_who_has_left_meanwhile_is_no_reason_to_ask_again(portal: Portal, act: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    named = "0" * 8
    assert change(portal.signed_in(), portal, act, confirm_signouts="1", preview=named).status == 303


@pytest.mark.parametrize(
    ("person", "address"),
    [("sanne", HOME), ("mara", "203.0.113.9"), ("dana", OFFICE), ("sanne", "192.0.2.200")],
    ids=["covered as before", "an owner, covered", "my own other browser", "covered by nothing before either"],
)
def test_nobody_is_asked_about_who_is_not_signed_out_by_it(portal: Portal, act: str, person: str, address: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, person, address)
    assert change(portal.signed_in(), portal, act).status == 303


def test_an_inactive_list_signs_nobody_out(portal: Portal, act: str) -> None:
    portal.set_list(COVER, OTHER)
    present(portal, "sanne", OFFICE)
    assert change(portal.signed_in(), portal, act).status == 303


def test_people_of_another_account_are_no_business_of_ours(portal: Portal, act: str) -> None:
    portal.set_list(COVER, OTHER, active=True)
    start_session(portal.app, portal.world.northwind, portal.world.users["ola"], OFFICE)
    assert change(portal.signed_in(), portal, act).status == 303


def test_leaving_yourself_out_is_said_first_and_the_way_out_asks_about_others(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", OTHER, active=True)
    present(portal, "sanne", "203.0.113.9")
    dana = portal.signed_in()
    url = f"{BASE}/networks/{portal.id_of('203.0.113.0/24')}/delete"
    version = {"version": portal.version_of("203.0.113.0/24")}
    assert dana.post(url, version).refused == "leaves_you_out"
    asked = dana.post(url, version | {"then": "add_current"})
    assert (asked.status, asked.refused) == (409, "signs_out_others")
    assert asked.one("[name=confirm_signouts]").get_text() == f"Add {HOME}/32, delete and sign Sanne Li out"
    assert dana.post(url, fields_of(asked)).status == 303
    assert list(portal.networks()) == [f"{HOME}/32", OTHER]
    assert portal.list().active


def test_deactivating_on_the_way_signs_nobody_out(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    present(portal, "sanne", "203.0.113.9")
    url = f"{BASE}/networks/{portal.id_of('203.0.113.0/24')}/delete"
    version = {"version": portal.version_of("203.0.113.0/24"), "then": "deactivate"}
    assert portal.signed_in().post(url, version).status == 303


def test_a_comment_alone_signs_nobody_out(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    present(portal, "mara", None)
    assert change(portal.signed_in(), portal, "edit", network=OTHER, comment="Rotterdam").status == 303
