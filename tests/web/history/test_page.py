"""GET H: who changed what, by who, what, network and days, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.client import BASE, HISTORY, Answer, Portal
from tests.support.past import record_past
from webapp.storage import history

OFFICE, VPN = "192.0.2.0/24", "198.51.100.0/24"
MORNING = datetime(2026, 1, 1, tzinfo=UTC)


def events(answer: Answer) -> list[int]:
    return [int(str(row["data-event"])) for row in answer.all("#history-found [data-event]")]


def texts(answer: Answer) -> list[str]:
    return [" ".join(row.p.get_text().split()) for row in answer.all("#history-found [data-event]") if row.p]


def added_and_deleted(portal: Portal) -> None:
    """Dana adds the office, Mara deletes it again."""
    portal.signed_in("dana").post(f"{BASE}/networks", {"network": OFFICE, "comment": "Office"})
    url = f"{BASE}/networks/{portal.id_of(OFFICE)}/delete"
    portal.signed_in("mara").post(url, {"version": portal.version_of(OFFICE)})


def test_each_event_is_a_sentence_with_its_time_address_and_door(portal: Portal) -> None:
    added_and_deleted(portal)
    page = portal.signed_in("dana").get(HISTORY)
    assert texts(page) == [f"Mara Osei deleted {OFFICE} “Office”.", f"You added {OFFICE} “Office”."]
    row = page.all("[data-event]")[0]
    assert row["data-kind"] == "delete"
    assert len(row.select("time[datetime]")) == 1
    assert "from 203.0.113.42, in the portal" in " ".join(row.get_text().split())


@pytest.mark.parametrize("comment", ["Depot", "y" * 140])
def test_a_changed_comment_is_told_from_and_to_where_that_is_short(portal: Portal, comment: str) -> None:
    portal.set_list(OFFICE, comment="Office")
    dana = portal.signed_in("dana")
    told = {"network": OFFICE, "comment": comment, "version": portal.version_of(OFFICE)}
    assert dana.post(f"{BASE}/networks/{portal.id_of(OFFICE)}", told).status == 303
    said = " from “Office” to “Depot”" if comment == "Depot" else ""
    assert texts(dana.get(HISTORY))[0] == f"You changed the comment of {OFFICE}{said}."
    assert f"from “Office” to “{comment}”" in dana.get(f"{HISTORY}/export?format=csv").text


def test_a_network_that_is_listed_leads_to_its_row(portal: Portal) -> None:
    added_and_deleted(portal)
    dana = portal.signed_in("dana")
    assert not dana.get(HISTORY).all("[data-event] a[href*=networks]")
    dana.post(f"{BASE}/networks", {"network": OFFICE})
    links = dana.get(HISTORY).all("[data-event] a[href*=networks]")
    assert {str(link["href"]) for link in links} == {f"{BASE}/networks/{portal.id_of(OFFICE)}"}


def test_filters_are_a_form_that_keeps_what_is_asked_for(portal: Portal) -> None:
    added_and_deleted(portal)
    mara = portal.world.users["mara"]
    page = portal.signed_in("dana").get(f"{HISTORY}?who={mara}&what=networks&network=192.0.2.7&from=2020-01-01")
    assert texts(page) == [f"Mara Osei deleted {OFFICE} “Office”."]
    chosen = {str(one.find_parent("select")["name"]): one["value"] for one in page.all("option[selected]")}  # type: ignore[index]
    assert chosen == {"who": str(mara), "what": "networks"}
    assert (page.value("network"), page.value("from")) == ("192.0.2.7", "2020-01-01")


def test_the_select_of_people_has_the_accounts_and_the_operator(portal: Portal) -> None:
    names = [one.get_text() for one in portal.signed_in().get(HISTORY).all("#history-who option")]
    assert names == ["Everybody", "Dana Kessler", "Mara Osei", "Sanne Li", "Operator"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [("network=office", "network"), ("from=yesterday", "from"), ("who=Dana", "who"), ("what=x", "what")],
)
def test_what_cannot_be_meant_is_told_at_its_field_and_kept(portal: Portal, asked: str, field: str, htmx: bool) -> None:
    answer = portal.signed_in().get(f"{HISTORY}?{asked}", htmx=htmx, headers={"HX-Target": "history-found"})
    assert (answer.status, answer.errors) == (422, [field])
    bad = answer.one(f"#history-{field}")
    assert bad["aria-describedby"] == f"history-{field}-error"
    kept = bad.get("value") or answer.one(f"#history-{field} option[selected]").get_text()
    assert kept == asked.partition("=")[2]
    assert answer.headers.get("HX-Retarget") == ("#history" if htmx else None)


def test_a_broken_cursor_leads_back_to_the_latest(portal: Portal) -> None:
    answer = portal.signed_in().get(f"{HISTORY}?page=broken")
    assert (answer.status, answer.errors) == (422, ["page"])
    assert answer.one("nav.older a")["href"] == HISTORY


def test_older_pages_follow_without_a_gap_and_lead_back(portal: Portal, htmx: bool) -> None:
    past = record_past(portal.app, portal.world, 120, MORNING)
    dana, path, found = portal.signed_in(), HISTORY, list[int]()
    while path:
        page = dana.get(path, htmx=htmx, headers={"HX-Target": "history-found"})
        assert len(events(page)) <= history.PAGE_SIZE
        found += events(page)
        links = {link.get_text(): str(link["href"]) for link in page.all("nav.older a")}
        assert ("Back to the latest" in links) == (path != HISTORY)
        path = links.get("Older", "")
    assert found == [row.id for row in reversed(past.rows)]


def test_with_htmx_what_was_found_comes_alone_and_is_the_pages_url(portal: Portal) -> None:
    added_and_deleted(portal)
    asked = {"HX-Target": "history-found", "HX-Trigger": "history-filter"}
    part = portal.signed_in().get(f"{HISTORY}?what=delete&network=&from=", htmx=True, headers=asked)
    assert not part.all("form, h1, [autofocus]")
    assert part.headers["HX-Replace-Url"] == f"{HISTORY}?what=delete"
    assert len(events(part)) == 1


def test_members_learn_who_the_owners_are_and_nothing_else(portal: Portal) -> None:
    added_and_deleted(portal)
    sanne = portal.signed_in("sanne")
    page = sanne.get(HISTORY)
    assert "Owners: Dana Kessler, Mara Osei." in page.one("#history").get_text()
    assert not page.all("[data-event], form[action*=history]")
    assert sanne.get(f"{HISTORY}/1").status == 403


def test_nobody_but_an_owner_of_the_account_sees_an_event(portal: Portal) -> None:
    added_and_deleted(portal)
    ids = events(portal.signed_in("dana").get(HISTORY))
    ola = portal.signed_in("ola")
    assert events(ola.get(HISTORY)) == []
    assert [ola.get(f"{HISTORY}/{one}").status for one in (*ids, 10**12)] == [404, 404, 404]


def test_a_search_is_cleared_whatever_was_wrong_with_it(portal: Portal) -> None:
    dana = portal.signed_in()
    for asked, clear in {
        "?view=x": HISTORY,
        "?network=office": HISTORY,
        "?view=access&what=blocked": f"{HISTORY}?view=access",
    }.items():
        link = dana.get(HISTORY + asked).one("#history-said a")
        assert link["href"] == clear
        assert dana.get(str(link["href"])).status == 200
