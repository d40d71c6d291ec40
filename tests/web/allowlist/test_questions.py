"""A question names the network and the people it is about, shows the row, and has one button that does it."""

from __future__ import annotations

import pytest

from tests.support.client import BASE, Answer, Portal
from tests.support.quick import start_session
from tests.support.world import HOME

MINE, OTHER, OFFICE = "203.0.113.0/24", "198.51.100.0/24", "198.51.100.14"


def present(portal: Portal, person: str, address: str) -> None:
    """Somebody is signed in from an address."""
    start_session(portal.app, portal.world.halden, portal.world.users[person], address)


def asked(portal: Portal, listed: str, **edit: str) -> Answer:
    """Delete a network of the list, or edit it where `edit` says to what; return the refusal, which asks."""
    url = f"{BASE}/networks/{portal.id_of(listed)}" + ("" if edit else "/delete")
    answer = portal.signed_in().post(url, {"version": portal.version_of(listed)} | edit)
    assert answer.status == 409
    return answer


def text(answer: Answer, selector: str) -> str:
    """Return an element's text in one line."""
    return " ".join(answer.one(selector).get_text().split())


def primary(answer: Answer) -> str:
    """Return the text of the open row's only primary button."""
    return text(answer, "tr.edit .btn.pri")


def test_deleting_the_own_network_names_it_and_shows_its_row(portal: Portal) -> None:
    portal.set_list(OTHER, MINE, active=True, comment="Home office")
    answer = asked(portal, MINE)
    assert text(answer, "#ip-allowlist [role=group] b") == f"Deleting {MINE} (Home office) would sign you out."
    assert text(answer, "tr.edit .asked").startswith(f"{MINE} Home office Added ")
    assert primary(answer) == f"Add {HOME}/32 and delete"


def test_editing_the_own_network_names_what_it_was_and_would_be(portal: Portal) -> None:
    portal.set_list(OTHER, MINE, active=True)
    answer = asked(portal, MINE, network="192.0.2.0/24")
    assert text(answer, "tr.edit [role=group] b") == f"Changing {MINE} to 192.0.2.0/24 would sign you out."
    assert text(answer, "tr.edit .asked").startswith(f"{MINE} Added ")
    assert primary(answer) == f"Add {HOME}/32 and save"
    assert answer.all("tr.edit form button")[0].get_text() == "Save"  # what Enter presses only asks again


def test_the_last_network_is_deleted_by_deactivating(portal: Portal) -> None:
    portal.set_list(MINE, active=True)
    assert primary(asked(portal, MINE)) == "Delete and deactivate the list"


def test_a_wide_network_is_confirmed_by_the_primary_button(portal: Portal) -> None:
    portal.set_list(OTHER)
    url = f"{BASE}/networks/{portal.id_of(OTHER)}"
    answer = portal.signed_in().post(url, {"version": portal.version_of(OTHER), "network": "0.0.0.0/0"})
    assert (answer.errors, primary(answer)) == (["confirm_wide"], "Use it anyway")
    assert text(answer, "tr.edit .asked").startswith(OTHER)


@pytest.mark.parametrize("edit", [{}, {"network": "192.0.2.0/24"}], ids=["delete", "edit"])
def test_one_person_is_named_in_a_sentence_and_not_in_a_list_besides(portal: Portal, edit: dict[str, str]) -> None:
    portal.set_list(MINE, OTHER, active=True)
    present(portal, "sanne", OFFICE)
    answer = asked(portal, OTHER, **edit)
    said = text(answer, "[data-refused=signs_out_others]")
    assert said == f"This would sign Sanne Li out: no other network contains {OFFICE}."
    assert primary(answer) == f"{'Save' if edit else 'Delete'} and sign Sanne Li out"


def test_several_people_are_counted_and_listed_once_each(portal: Portal) -> None:
    portal.set_list(MINE, OTHER, active=True)
    for person in ("sanne", "mara"):
        present(portal, person, OFFICE)
        present(portal, person, "198.51.100.15")
    answer = asked(portal, OTHER)
    assert "This would sign Mara Osei and Sanne Li out: no other network" in text(answer, "[data-refused]")
    assert sorted(name.get_text() for name in answer.all("tr.edit .people b")) == ["Mara Osei", "Sanne Li"]


def conflict(portal: Portal, verb: str, **fields: str) -> Answer:
    """Mara edits OTHER meanwhile; return the answer to Dana's form."""
    portal.set_list(MINE, OTHER)
    url, version = f"{BASE}/networks/{portal.id_of(OTHER)}", {"version": portal.version_of(OTHER)}
    portal.signed_in("mara").post(url, version | {"network": "198.51.100.0/27", "comment": "Lab"})
    answer = portal.signed_in().post(url + verb, version | fields)
    assert (answer.status, answer.refused) == (409, "stale")
    assert text(answer, "[data-refused=stale] b").startswith("Mara Osei changed it to 198.51.100.0/27 (Lab) at ")
    return answer


def test_a_conflict_says_who_changed_what_and_lets_choose(portal: Portal) -> None:
    answer = conflict(portal, "", network="192.0.2.0/24")
    assert [tag.get_text() for tag in answer.all("tr.edit .act .btn")] == ["Save mine", "Keep theirs"]
    assert (primary(answer), answer.one("tr.edit [name=network]")["value"]) == ("Save mine", "192.0.2.0/24")


def test_a_conflict_with_an_own_other_tab_is_with_nobody_else(portal: Portal) -> None:
    portal.set_list(MINE, OTHER)
    url, version = f"{BASE}/networks/{portal.id_of(OTHER)}", {"version": portal.version_of(OTHER)}
    dana = portal.signed_in()
    dana.post(url, version | {"network": "198.51.100.0/27"})
    answer = dana.post(url, version | {"network": "192.0.2.0/24"})
    assert text(answer, "[data-refused=stale] b").startswith("You changed it to 198.51.100.0/27 at ")
    assert [tag.get_text() for tag in answer.all("tr.edit .act .btn")] == ["Save this", "Keep that"]


def test_a_delete_of_what_has_changed_asks_about_what_it_is_now(portal: Portal) -> None:
    answer = conflict(portal, "/delete")
    assert text(answer, "tr.edit .asked").startswith("198.51.100.0/27 Lab ")
    assert primary(answer) == "Delete 198.51.100.0/27"
