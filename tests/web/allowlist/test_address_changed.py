"""R5a: a yes counts for the address that was shown. It may be another one by the time the answer arrives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.quick import events_of
from tests.support.world import HOME, IPV6, OFFICE

HOMES, OFFICES, OTHER = f"{HOME}/32", f"{OFFICE}/32", "192.0.2.0/24"


def assert_asked_again(answer: Answer, shown: str, present: str) -> None:
    """Assert that the answer names both addresses, and asks for the present one wherever it asks."""
    assert (answer.status, answer.refused) == (409, "address_changed"), answer.text
    said = answer.one("[data-refused=address_changed]").get_text()
    assert present in said
    assert shown in said
    assert {str(field["value"]) for field in answer.all("[name=current]")} <= {present}


def moved(portal: Portal, *networks: str, active: bool = False) -> Browser:
    """Dana's browser, in which the page was shown at HOME; by now she is in the office."""
    portal.set_list(*networks, active=active)
    dana = portal.signed_in()
    dana.address = OFFICE
    return dana


@pytest.mark.parametrize("networks", [(), (OFFICES,), (OTHER,)])
def test_activating_adds_no_other_address_than_the_question_named(
    portal: Portal, networks: tuple[str, ...], htmx: bool
) -> None:
    dana, before = moved(portal, *networks), portal.list()
    fields = {"version": before.revision, "add_current": "1", "current": HOME, "comment": "typed"}
    answer = dana.post(f"{BASE}/activate", fields, htmx=htmx)
    assert_asked_again(answer, HOME, OFFICE)
    assert (portal.list(), portal.list().revision) == (before, before.revision)
    assert "typed" in answer.text or OFFICES in networks


def test_the_question_that_is_asked_again_can_be_answered(portal: Portal, htmx: bool) -> None:
    dana = moved(portal, OTHER)
    fields = {"version": portal.list().revision, "add_current": "1", "current": HOME}
    again = dana.post(f"{BASE}/activate", fields, htmx=htmx)
    question = again.one(f"form[action='{BASE}/activate'][method=post]")
    sent = {str(field["name"]): field["value"] for field in question.select("[type=hidden]")} | {"add_current": "1"}
    assert dana.post(f"{BASE}/activate", sent, htmx=htmx, csrf=str(sent["csrf_token"])).status == (200 if htmx else 303)
    assert (portal.networks(), portal.list().active) == ([OFFICES, OTHER], True)


def test_adding_my_address_adds_no_other_one_and_the_strip_names_the_present_one(portal: Portal, htmx: bool) -> None:
    dana = moved(portal, OTHER)
    answer = dana.post(f"{BASE}/networks/current", {"scope": "address", "current": HOME}, htmx=htmx)
    assert_asked_again(answer, HOME, OFFICE)
    assert portal.networks() == [OTHER]
    strip = answer.one("#allowlist-you")
    assert OFFICE in strip.get_text()
    fields = {name: strip.select(f"[name={name}]")[0]["value"] for name in ("current", "scope")}
    assert dana.post(f"{BASE}/networks/current", fields, htmx=htmx).status == (200 if htmx else 303)
    assert portal.networks() == [OFFICES, OTHER]


@pytest.mark.parametrize("path", ["", "/delete"])
def test_add_and_delete_of_one_address_does_nothing_from_another(portal: Portal, path: str, htmx: bool) -> None:
    dana = moved(portal, HOMES, OFFICES, active=True)
    fields = {"version": portal.version_of(HOMES), "network": OTHER, "then": "add_current", "current": HOME}
    answer = dana.post(f"{BASE}/networks/{portal.id_of(HOMES)}{path}", fields, htmx=htmx)
    assert_asked_again(answer, HOME, OFFICE)
    assert answer.all("[name=then]") == []  # from the office the change leaves nobody out
    assert (portal.networks(), portal.list().active) == ([OFFICES, HOMES], True)


@pytest.mark.parametrize("path", ["", "/delete"])
@pytest.mark.parametrize("then", ["add_current", "deactivate"])
def test_what_leaves_the_present_address_out_is_asked_for_it(portal: Portal, path: str, then: str, htmx: bool) -> None:
    wide = "198.51.100.0/24"
    dana = moved(portal, wide, HOMES, active=True)
    url = f"{BASE}/networks/{portal.id_of(wide)}{path}"
    fields = {"version": portal.version_of(wide), "network": OTHER, "current": HOME, "then": then}
    again = dana.post(url, fields, htmx=htmx)
    assert_asked_again(again, HOME, OFFICE)
    assert [button["value"] for button in again.all("button[name=then]")] == ["add_current", "deactivate"]
    assert again.value("current") == OFFICE
    done = dana.post(url, fields | {"current": OFFICE, "then": "add_current"}, htmx=htmx)
    assert done.status == (200 if htmx else 303)
    assert OFFICES in portal.networks()


def unnamed(portal: Portal) -> dict[str, dict[str, Any]]:
    """The forms that would add the current address."""
    activate = {"version": portal.list().revision, "add_current": "1"}
    return {"/activate": activate, "/networks/current": {"scope": "address"}}


def test_a_form_that_names_no_address_adds_none(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    for path, fields in unnamed(portal).items():
        answer = dana.post(BASE + path, fields | {"current": None})
        assert (answer.status, answer.refused) == (409, "address_changed"), path
        assert HOME in answer.one("[data-refused]").get_text(), path
    assert portal.networks() == [OTHER]


def test_where_nothing_would_be_added_no_address_need_be_named_but_another_one_is_refused(portal: Portal) -> None:
    portal.set_list(OTHER, HOMES)
    dana = portal.signed_in()
    for path, fields in unnamed(portal).items():
        assert dana.post(BASE + path, fields | {"current": OFFICE}).refused == "address_changed", path
    assert dana.post(f"{BASE}/networks/current", {"current": None}).status == 303
    assert dana.post(f"{BASE}/activate", {"version": portal.list().revision, "current": None}).status == 303
    assert portal.networks() == [HOMES, OTHER]
    version = portal.version_of(OTHER)
    answer = dana.post(f"{BASE}/networks/{portal.id_of(OTHER)}/delete", {"version": version, "current": OFFICE})
    assert (answer.status, answer.refused) == (409, "address_changed")


def test_the_same_address_covered_meanwhile_is_done_and_said(portal: Portal) -> None:
    portal.set_list(OTHER, "203.0.113.0/24")
    dana = portal.signed_in()
    assert "already on the list" in dana.post(f"{BASE}/networks/current", {"scope": "address"}, htmx=True).text
    fields = {"version": portal.list().revision, "add_current": "1"}
    assert "already on the list" in dana.post(f"{BASE}/activate", fields, htmx=True).text
    fields = {"version": portal.version_of(OTHER), "then": "add_current"}
    answer = dana.post(f"{BASE}/networks/{portal.id_of(OTHER)}/delete", fields, htmx=True)
    assert "already on the list" in answer.text
    assert (portal.networks(), portal.list().active) == (["203.0.113.0/24"], True)


def test_what_was_added_is_named_afterwards(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    done = dana.post(f"{BASE}/activate", {"version": portal.list().revision, "add_current": "1"}, htmx=htmx)
    assert f"Added {HOMES}." in (done if htmx else dana.page()).text
    portal.set_list(OTHER, "203.0.113.0/24", active=True)
    wide = portal.id_of("203.0.113.0/24")
    fields = {"version": portal.version_of("203.0.113.0/24"), "then": "add_current"}
    done = dana.post(f"{BASE}/networks/{wide}/delete", fields, htmx=htmx)
    assert f"Deleted 203.0.113.0/24. Added {HOMES}." in (done if htmx else dana.page()).text


def test_what_was_not_added_because_the_list_is_inactive_by_now_is_said(portal: Portal) -> None:
    portal.set_list(HOMES)
    fields = {"version": portal.version_of(HOMES), "then": "add_current"}
    answer = portal.signed_in().post(f"{BASE}/networks/{portal.id_of(HOMES)}/delete", fields, htmx=True)
    assert f"{HOME} was not added" in answer.text
    assert portal.networks() == []


def test_a_repeated_form_is_a_repeat_from_wherever_it_comes(portal: Portal, htmx: bool) -> None:
    dana = moved(portal, OTHER)
    dana.address = HOME
    before = len(events_of(portal.app, portal.world.halden))
    fields = {"scope": "address", "operation": "once", "current": HOME}
    for address in (HOME, OFFICE, HOME):
        dana.address = address
        assert dana.post(f"{BASE}/networks/current", fields, htmx=htmx).status == (200 if htmx else 303)
        assert portal.networks() == [HOMES, OTHER]
    assert len(events_of(portal.app, portal.world.halden)) == before + 1


def test_an_address_that_cannot_be_told_any_more_adds_none(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    dana.address = None
    for path, fields in unnamed(portal).items():
        answer = dana.post(BASE + path, fields | {"current": HOME}, htmx=htmx)
        assert (answer.status, answer.refused) == (409, "no_address"), path
    assert portal.networks() == [OTHER]


def test_a_choice_between_subnet_and_address_is_for_the_address_that_was_shown(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in("dana", IPV6)
    dana.address = "64:ff9b::c633:640e"
    answer = dana.post(f"{BASE}/networks/current", {"scope": "subnet", "current": IPV6})
    assert (answer.status, answer.refused) == (409, "address_changed")
    answer = dana.post(f"{BASE}/networks/current", {"scope": "subnet"})
    assert (answer.status, answer.errors) == (422, ["scope"])
    assert portal.networks() == [OTHER]


@pytest.mark.parametrize(
    ("networks", "active"),
    [((), False), ((OTHER,), False), (("203.0.113.0/24", OTHER), True), (("203.0.113.0/24",), True)],
)
def test_every_form_that_adds_the_current_address_names_it(
    portal: Portal, networks: tuple[str, ...], active: bool
) -> None:
    portal.set_list(*networks, active=active)
    dana = portal.signed_in()
    pages = [dana.get(BASE), dana.get(f"{BASE}/activate")]
    for text in networks:
        url, version = f"{BASE}/networks/{portal.id_of(text)}", {"version": portal.version_of(text)}
        if active and text != OTHER:
            pages += [dana.post(url, version | {"network": "192.0.2.9"}), dana.post(f"{url}/delete", version)]
    forms = [form for page in pages for form in page.all("form[method=post]")]
    adding = [form for form in forms if form.select("[name=add_current], [name=then][value=add_current]")]
    adding += [form for form in forms if str(form["action"]).endswith("/networks/current")]
    assert {str(field["value"]) for form in adding for field in form.select("[name=current]")} == {HOME}
    assert all(len(form.select("[name=current]")) == 1 for form in adding)
