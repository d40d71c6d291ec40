"""The list's page says what was last done to it, and by whom."""

from __future__ import annotations

import pytest

from tests.support.client import BASE, HISTORY, Answer, Portal
from tests.support.statements import statements
from webapp.storage import history

OFFICE, URL = "192.0.2.0/24", f"{BASE}/last-change"


def line(answer: Answer) -> str:
    return " ".join(answer.one("#allowlist-last").get_text().split())


def test_it_names_who_and_what_and_leads_to_the_event(portal: Portal) -> None:
    portal.signed_in("mara").post(f"{BASE}/networks", {"network": OFFICE, "comment": "Office"})
    dana = portal.signed_in()
    page = dana.page()
    assert line(page).startswith(f"Last change: Mara Osei added {OFFICE} “Office”.")
    event = str(page.one("#allowlist-last a")["href"])
    assert event.startswith(f"{HISTORY}/")
    assert dana.get(event).one("[data-event]")["data-kind"] == "add"


def test_a_list_that_was_never_changed_has_nothing_to_say(portal: Portal) -> None:
    assert line(portal.signed_in().page()) == ""


def test_the_line_follows_each_change_by_asking_for_itself(portal: Portal) -> None:
    dana = portal.signed_in()
    wants = dana.page().one("#allowlist-last")
    assert (wants["hx-get"], wants["hx-trigger"]) == (URL, "allowlist:changed from:body")
    dana.post(f"{BASE}/networks", {"network": OFFICE}, htmx=True)
    portal.set_list()
    assert line(dana.get(URL, htmx=True)).startswith(f"Last change: The operator deleted {OFFICE}.")
    assert dana.get(URL).one("#allowlist-title")


def test_it_is_read_in_one_statement_that_skips_what_changed_no_list(portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = portal.signed_in()
    with statements(portal.app) as asked:
        dana.get(URL, htmx=True)
    assert len([one for one in asked if "FROM event" in one]) == 1


def test_who_added_a_network_leads_to_what_was_done_to_it(portal: Portal) -> None:
    portal.signed_in("mara").post(f"{BASE}/networks", {"network": OFFICE, "comment": "Office"})
    portal.set_list(OFFICE, "198.51.100.0/24")
    dana = portal.signed_in()
    link = dana.page().one(f"[data-network='{OFFICE}'] .meta a")
    assert "operator" in link.get_text()
    kinds = [row["data-kind"] for row in dana.get(str(link["href"])).all("[data-event]")]
    assert kinds == ["import", "add"]


def test_a_row_says_how_often_its_network_was_changed(portal: Portal, htmx: bool) -> None:
    portal.set_list(OFFICE, "198.51.100.0/24")
    dana, added = portal.signed_in(), f"#network-{portal.id_of(OFFICE)} .meta a"
    assert not dana.page().one(added).get_text().endswith("changes")
    fields = {"network": OFFICE, "comment": "Office", "version": portal.version_of(OFFICE)}
    saved = dana.post(f"{BASE}/networks/{portal.id_of(OFFICE)}", fields, htmx=htmx)
    for answer in (saved if htmx else dana.page(), dana.get(BASE, htmx=True), dana.page()):
        assert answer.one(added).get_text().endswith(", 2 changes")
    row = dana.get(f"{BASE}/networks/{portal.id_of(OFFICE)}", htmx=True)
    assert row.one(added).get_text().endswith(", 2 changes")
    assert len(dana.get(str(row.one(added)["href"])).all("[data-event]")) >= 2


def test_where_networks_were_changed_very_often_nothing_is_counted(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.set_list(OFFICE)
    portal.set_list("198.51.100.0/24")
    portal.set_list(OFFICE)
    with portal.app.app_context():
        network = portal.list().entries[0].network
        assert history.changes_of(portal.world.halden, [network]) == {OFFICE: 3}
        monkeypatch.setattr(history, "FEW", 2)
        assert history.changes_of(portal.world.halden, [network]) == {}
