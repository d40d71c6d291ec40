"""Questions say who used the portal lately from where the list would not let them in, and add all of it (R19)."""

from __future__ import annotations

import gzip

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.forms import press
from tests.support.imports import PLAN, lines_of
from tests.support.quick import put_list, start_session
from tests.support.statements import statements
from tests.support.world import HOME
from tests.web.allowlist.test_activate_question import was_here

COVER, OTHER, OFFICE, FAR = "203.0.113.0/24", "198.51.100.0/24", "198.51.100.14", "192.0.2.4"
ACTIVATE = f"{BASE}/activate"
TYPED = {"network": "192.0.2.0/24", "comment": "New office"}


def places(answer: Answer, where: str = ".rehearsal") -> list[str]:
    """Return the lines of a rehearsal."""
    return [" ".join(item.get_text(" ").split()) for item in answer.all(f"{where} .people li")]


def asked(portal: Portal, network: str = OTHER, htmx: bool = False) -> Answer:
    """Return the question before deleting."""
    return portal.signed_in().get(f"{BASE}/networks/{portal.id_of(network)}/delete", htmx=htmx)


def test_before_deleting_from_an_active_list(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "sanne", OFFICE, 2)
    was_here(portal, "mara", HOME, 1)
    question = asked(portal, htmx=htmx)
    assert places(question, "tr.edit .rehearsal") == [f"{OFFICE}/32 Sanne Li, 1 day, last 2 days ago Add"]
    assert "Used the portal lately, but would not be let in from there:" in question.text


@pytest.mark.parametrize("network", [OTHER, COVER])
def test_deleting_from_an_inactive_list_leaves_nobody_out(portal: Portal, network: str) -> None:
    portal.set_list(COVER, OTHER)
    was_here(portal, "sanne", OFFICE, 2)
    assert places(asked(portal, network)) == []


def test_what_is_not_let_in_now_either_is_said_apart(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "sanne", OFFICE, 2)
    was_here(portal, "sanne", FAR, 3)
    question = asked(portal)
    assert [line.split()[0] for line in places(question, "div.rehearsal")] == [f"{OFFICE}/32"]
    assert question.one("details.rehearsal summary").get_text() == "Not let in now either"
    assert [line.split()[0] for line in places(question, "details.rehearsal")] == [f"{FAR}/32"]


def test_a_current_address_that_would_be_added_is_not_said_to_be_left_out(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "dana", HOME, 0)
    was_here(portal, "mara", "203.0.113.9", 0)
    assert [line.split()[0] for line in places(asked(portal, COVER))] == ["203.0.113.9/32"]


@pytest.mark.parametrize("verb", ["", "/delete"])
def test_beside_who_is_signed_in_now(portal: Portal, verb: str, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], OFFICE)
    was_here(portal, "mara", "198.51.100.20", 2)
    fields = {"version": portal.version_of(OTHER), "network": FAR}
    refused = portal.signed_in().post(f"{BASE}/networks/{portal.id_of(OTHER)}{verb}", fields, htmx=htmx)
    assert (refused.status, refused.refused) == (409, "signs_out_others")
    assert places(refused, "tr.edit .rehearsal") == ["198.51.100.20/32 Mara Osei, 1 day, last 2 days ago Owner Add"]


@pytest.mark.parametrize("verb", ["edit", "delete"])
def test_the_pages_own_buttons_ask_first_where_nobody_is_signed_in_now(portal: Portal, verb: str, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "sanne", OFFICE, 2)
    dana, row = portal.signed_in(), f"{BASE}/networks/{portal.id_of(OTHER)}"
    form = dana.get(f"{row}/edit" if verb == "edit" else row, htmx=htmx)
    url = row if verb == "edit" else f"{row}/delete"
    button = form.one(f"form[action='{url}'] button[id$={'save' if verb == 'edit' else 'delete'}]")
    fields = {"network": FAR} if verb == "edit" else {}
    question = press(dana, form, button, htmx=htmx, **fields)
    assert (question.status, question.refused) == (409, "used_lately")
    assert places(question, "tr.edit .rehearsal") == [f"{OFFICE}/32 Sanne Li, 1 day, last 2 days ago Add"]
    button = question.one(f"tr.edit form[action='{url}'] button.pri")
    assert press(dana, question, button, htmx=htmx).status == (200 if htmx else 303)
    assert sorted(portal.networks(), reverse=True) == ([COVER, f"{FAR}/32"] if verb == "edit" else [COVER])


def test_a_form_that_does_not_ask_is_not_told(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "sanne", OFFICE, 2)
    fields = {"version": portal.version_of(OTHER)}
    assert portal.signed_in().post(f"{BASE}/networks/{portal.id_of(OTHER)}/delete", fields).status == 303


def test_one_is_added_where_it_stands_and_the_question_goes_on(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "sanne", OFFICE, 2)
    question = asked(portal, htmx=True)
    dana = portal.signed_in()
    added = press(dana, question, question.one(".rehearsal button"), htmx=True)
    assert (added.status, added.one(".offer .tag").get_text()) == (200, "On the list")
    assert places(asked(portal)) == []


@pytest.mark.parametrize(("button", "left"), [(".rehearsal .offer button", 1), ("button[name=networks]", 0)])
def test_what_was_typed_into_the_row_beside_it_is_kept_without_script(portal: Portal, button: str, left: int) -> None:
    dana, question = edited(portal)
    added = press(dana, question, question.all(button)[0])
    row = f"#network-{portal.id_of(OTHER)}"
    typed = {name: added.one(f"{row}-{name}")["value"] for name in TYPED}
    assert (added.status, typed, "Added " in added.one("#allowlist-notices").get_text()) == (200, TYPED, True)
    again = press(dana, added, added.one(f"{row}-save"))
    assert (again.status, len(places(again))) == ((409, 1) if left else (303, 0))


def test_a_row_that_is_gone_is_not_open_beside_what_was_added(portal: Portal) -> None:
    dana, question = edited(portal)
    portal.signed_in().post(f"{BASE}/networks/{portal.id_of(OTHER)}/delete", {"version": portal.version_of(OTHER)})
    added = press(dana, question, question.one("button[name=networks]"))
    assert (added.status, portal.networks().count(OTHER)) == (303, 0)


def edited(portal: Portal) -> tuple[Browser, Answer]:
    """Return the question about a row that leaves two places out."""
    portal.set_list(COVER, OTHER, active=True)
    for address in (OFFICE, "198.51.100.15"):
        was_here(portal, "sanne", address, 2)
    dana = portal.signed_in()
    fields = {"version": portal.version_of(OTHER), "ask": ""} | TYPED
    return dana, dana.post(f"{BASE}/networks/{portal.id_of(OTHER)}", fields)


def test_all_are_added_at_once_beside_a_row(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    for address in (OFFICE, "198.51.100.15"):
        was_here(portal, "sanne", address, 2)
    question, dana = asked(portal, htmx=htmx), portal.signed_in()
    added = press(dana, question, question.one("button[name=networks]"), htmx=htmx)
    said = "Added 2 networks. The list has 4 networks."
    if htmx:
        assert (added.headers["HX-Retarget"], added.one("p.rehearsal").get_text()) == ("closest .rehearsal", said)
    else:
        assert added.status == 303
        assert said in dana.page().text
    assert set(portal.networks()) == {f"{OFFICE}/32", "198.51.100.15/32", COVER, OTHER}
    assert portal.list().active


def test_all_that_the_question_before_activating_offers_are_added_and_it_asks_again(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    start_session(portal.app, portal.world.halden, portal.world.users["mara"], OFFICE)
    was_here(portal, "sanne", FAR, 2)
    dana = portal.signed_in()
    question = dana.get(ACTIVATE, htmx=htmx)
    added = press(dana, question, question.one("#preview-all"), htmx=htmx)
    assert added.status == (200 if htmx else 303)
    again = added if htmx else dana.get(ACTIVATE)
    assert set(portal.networks()) == {f"{OFFICE}/32", f"{FAR}/32", COVER}
    assert "Nobody else will be signed out" in again.text
    assert not again.all("[id^=preview-]")


def test_what_is_listed_by_then_stays_as_it_is(portal: Portal) -> None:
    portal.set_list(COVER, OFFICE)
    fields = {"networks": f"{OFFICE}/32 {FAR}/32 {FAR}/32", "return": "activate"}
    assert portal.signed_in().post(f"{BASE}/networks", fields, htmx=True).status == 200
    assert list(portal.networks()) == [f"{FAR}/32", f"{OFFICE}/32", COVER]
    again = portal.signed_in().post(f"{BASE}/networks", fields, htmx=True)
    assert again.one("#dialog-live").get_text() == "They are on the list already."


@pytest.mark.parametrize(
    ("networks", "error"),
    [("", "required"), ("nonsense", "hostname"), ("0.0.0.0/0", "confirm_wide"), ("192.0.2.1 192.0.2.1/24", "")],
)
@pytest.mark.parametrize("place", ["activate", "there"])
def test_nothing_is_added_where_one_of_them_is_no_network(
    portal: Portal, htmx: bool, networks: str, error: str, place: str
) -> None:
    portal.set_list(COVER)
    answer = portal.signed_in().post(f"{BASE}/networks", {"networks": networks, "return": place}, htmx=htmx)
    assert answer.status == 422
    assert error == "" or answer.errors == [error]
    assert list(portal.networks()) == [COVER]


def test_a_list_that_would_be_too_long_gets_none_of_them(portal: Portal, htmx: bool) -> None:
    portal.put_list(*(f"192.0.{n // 250}.{n % 250}/32" for n in range(999)))
    for place in ("activate", "there"):
        fields = {"networks": "198.51.100.1 198.51.100.2", "return": place}
        assert portal.signed_in().post(f"{BASE}/networks", fields, htmx=htmx).errors == ["full"]
    assert len(portal.networks()) == 999


def test_an_answer_stays_small_however_many_there_are(portal: Portal) -> None:
    rows = put_list(portal.app, portal.world.halden, COVER, OTHER, "2001:db8::/32", active=True)
    for number in range(30):
        was_here(portal, "sanne", f"2001:db8:{number:x}::{number:x}", number)
    answer = portal.signed_in().get(f"{BASE}/networks/{rows['2001:db8::/32'].id}/delete", htmx=True)
    assert len(answer.all(".rehearsal button[name=network], .rehearsal input[name=network]")) == 20
    assert "and 10 more networks" in answer.text
    assert len(gzip.compress(answer.text.encode())) <= 4 * 1024
    everything = answer.one(".rehearsal button[name=networks]")
    added = press(portal.signed_in(), answer, everything, htmx=True)
    assert added.status == 200
    assert len(gzip.compress(added.text.encode())) <= 4 * 1024


def test_nobody_learns_where_people_of_another_account_were(portal: Portal) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", OFFICE, 1)
    assert OFFICE not in portal.signed_in("ola").get(ACTIVATE).text


def if_active(answer: Answer) -> list[str]:
    """Return what the page says of an inactive list."""
    return places(answer, "#allowlist-if-active")


def test_the_page_of_an_inactive_list_says_who_would_be_left_out(portal: Portal) -> None:
    portal.set_list(COVER)
    was_here(portal, "dana", HOME, 0)
    was_here(portal, "sanne", OFFICE, 1)
    page = portal.signed_in().page()
    assert if_active(page) == [f"{OFFICE}/32 Sanne Li, 1 day, last yesterday Add"]
    assert "If this list were active" in page.one("#allowlist-if-active h2").get_text()


def test_an_empty_list_would_let_in_nobody(portal: Portal) -> None:
    was_here(portal, "dana", HOME, 0)
    was_here(portal, "sanne", OFFICE, 1)
    page = portal.signed_in().page()
    assert [line.split()[:2] for line in if_active(page)] == [[f"{HOME}/32", "You,"], [f"{OFFICE}/32", "Sanne"]]
    dana = portal.signed_in()
    added = press(dana, page, page.one("#allowlist-if-active button[name=networks]"), htmx=True)
    assert (added.status, set(portal.networks())) == (200, {f"{HOME}/32", f"{OFFICE}/32"})
    card = dana.get(f"{BASE}/if-active", htmx=True)
    assert "Everybody who used the portal during the last 90 days would be let in" in card.text


def test_of_an_active_list_nothing_is_said_and_nothing_asked(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    was_here(portal, "sanne", OFFICE, 1)
    dana = portal.signed_in()
    with statements(portal.app) as log:
        page = dana.page()
    assert (if_active(page), "hidden" in page.one("#allowlist-if-active").attrs) == ([], True)
    assert not any("portal_use" in statement for statement in log)


def test_members_see_nothing_of_where_others_were(portal: Portal) -> None:
    portal.set_list(COVER)
    was_here(portal, "mara", OFFICE, 1)
    sanne = portal.signed_in("sanne")
    assert OFFICE not in sanne.page().text
    assert sanne.get(f"{BASE}/if-active", htmx=True).status == 403


def test_the_page_of_a_long_inactive_list_stays_small(portal: Portal) -> None:
    portal.put_list(*(f"10.{n // 250}.{n % 250}.0/24" for n in range(1_000)))
    for number in range(30):
        was_here(portal, "sanne", f"2001:db8:{number:x}::{number:x}", number)
    page = portal.signed_in().page()
    assert len(page.all("#allowlist-if-active .people .offer")) == 20
    assert len(gzip.compress(page.text.encode())) <= 15 * 1024


def test_a_plan_names_them_and_takes_them_into_its_text(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    for address in (OFFICE, "198.51.100.15"):
        was_here(portal, "sanne", address, 2)
    dana, target = portal.signed_in(), {"HX-Target": "import"} if htmx else {}
    plan = dana.post(PLAN, {"text": f"{COVER}\n", "mode": "replace"}, htmx=htmx, headers=target)
    assert len(places(plan)) == 2
    fields = {"text": f"{COVER}\n", "mode": "replace", "also": str(plan.one("[name=also][value*=' ']")["value"])}
    again = dana.post(PLAN, fields, htmx=htmx, headers=target)
    assert sorted(kind for kind, _ in lines_of(again)) == ["add", "add", "keep", "remove"]
    assert places(again) == []


def test_a_plan_of_a_json_document_names_them_only(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    was_here(portal, "sanne", OFFICE, 2)
    plan = portal.signed_in().post(PLAN, {"text": f'["{COVER}"]', "mode": "replace"})
    assert (len(places(plan)), plan.all("[name=also]")) == (1, [])
