"""GET and POST H/<id>/restore: an earlier list comes back, as a plan that was seen (R13, R14, R16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.conftest import Clock
from tests.support.client import BASE, HISTORY, Answer, Browser, Portal
from tests.support.every_answer import seen as uses
from tests.support.forms import press
from tests.support.imports import lines_of, seen
from tests.support.quick import events_of, start_session
from tests.support.world import ELSEWHERE, HOME
from webapp.domain.allowlist import Allowlist

MINE, OFFICE, VPN, LAB = f"{HOME}/32", "198.51.100.0/25", "2001:db8:40::/48", "192.0.2.0/28"


def last_event(portal: Portal) -> int:
    """Return the id of the account's last event."""
    return int(events_of(portal.app, portal.world.halden)[-1].id)


def adds(portal: Portal, browser: Browser, *networks: str) -> int:
    """Add networks, each with a comment, and return the last event."""
    for network in networks:
        answer = browser.post(f"{BASE}/networks", {"network": network, "comment": f"of {network}"})
        assert answer.status == 303
    return last_event(portal)


def deletes(portal: Portal, browser: Browser, network: str, **more: str) -> int:
    """Delete a network, and return the event."""
    fields = {"version": portal.version_of(network)} | more
    assert browser.post(f"{BASE}/networks/{portal.id_of(network)}/delete", fields).status == 303
    return last_event(portal)


def edits(portal: Portal, browser: Browser, listed: str, **fields: str) -> int:
    """Edit a network, and return the event."""
    fields = {"network": listed, "comment": "", "version": portal.version_of(listed)} | fields
    assert browser.post(f"{BASE}/networks/{portal.id_of(listed)}", fields).status == 303
    return last_event(portal)


def goes_back(browser: Browser, event: int, way: str = "restore", *, htmx: bool = False, **more: str) -> Answer:
    """Look at the plan, and apply it."""
    url = f"{HISTORY}/{event}/{way}"
    plan = browser.get(url)
    return browser.post(url, seen(plan) | more, htmx=htmx)


def told(browser: Browser) -> str:
    """Return what the notices of the list's page say."""
    return " ".join(notice.get_text(" ", strip=True) for notice in browser.page().all(".notice"))


def facts(stored: Allowlist) -> list[tuple[Any, ...]]:
    """Return what people see of a list, in its order."""
    return [(one.network, one.comment, one.added_by, one.added_by_id, one.added_at) for one in stored.entries]


def test_last_months_list_comes_back_with_one_network_edited_since(portal: Portal, time: Clock, htmx: bool) -> None:
    mara, dana = portal.signed_in("mara"), portal.signed_in()
    event = adds(portal, mara, OFFICE, VPN)
    was = portal.list()
    time.advance(timedelta(days=30))
    dana = portal.signed_in()
    deletes(portal, dana, OFFICE)
    edits(portal, dana, VPN, comment="edited")
    adds(portal, dana, LAB)
    plan = dana.get(f"{HISTORY}/{event}/restore")
    assert lines_of(plan) == [("add", OFFICE), ("change", VPN), ("remove", LAB)]
    answer = goes_back(dana, event, htmx=htmx)
    assert (answer.status, answer.headers.get("HX-Redirect", answer.location)) == (200 if htmx else 303, BASE)
    assert facts(portal.list()) == facts(was)
    assert {entry.id for entry in portal.list().entries} != {entry.id for entry in was.entries}
    assert "Restored. Added 1, changed 1 and removed 1 network." in told(dana)


def test_the_event_says_which_list_it_brought_back_and_undo_is_offered(portal: Portal) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, OFFICE)
    deletes(portal, dana, OFFICE)
    goes_back(dana, event)
    stored = events_of(portal.app, portal.world.halden)[-1]
    assert (stored.kind, stored.after["as_of"]) == ("restore", event)
    page = dana.get(f"{HISTORY}/{stored.id}")
    assert page.all(f"dl.facts a[href='{HISTORY}/{event}']")
    assert f"brought back the list of event {event} and restored {OFFICE}" in " ".join(page.html.get_text().split())
    [offer] = [one for one in dana.page().all("#allowlist-offers [data-undo]") if "Added 1 network." in one.get_text()]
    assert dana.post(f"{BASE}/networks/restore", {"token": offer.select("[name=token]")[0]["value"]}).status == 303
    assert portal.networks() == []


def test_it_never_changes_whether_the_list_is_active(portal: Portal) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    adds(portal, dana, OFFICE)
    portal.force_active()
    assert "The list stays active." in dana.get(f"{HISTORY}/{event}/restore").text
    assert goes_back(dana, event).status == 303
    assert (portal.networks(), portal.list().active) == ([MINE], True)


def test_a_list_that_was_active_then_stays_inactive_and_that_is_said(portal: Portal) -> None:
    portal.set_list(MINE, OFFICE, active=True)
    dana = portal.signed_in()
    event = edits(portal, dana, OFFICE, comment="x")
    deletes(portal, dana, MINE, then="deactivate")
    goes_back(dana, event)
    assert not portal.list().active
    assert "The list stays inactive." in told(dana)


def test_another_list_than_was_shown_is_stale_and_says_who_changed_it(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, OFFICE)
    deletes(portal, dana, OFFICE)
    plan = dana.get(f"{HISTORY}/{event}/restore")
    adds(portal, portal.signed_in("mara"), LAB)
    answer = dana.post(f"{HISTORY}/{event}/restore", seen(plan), htmx=htmx)
    assert (answer.status, answer.refused) == (409, "stale")
    assert f"Mara Osei added {LAB}" in answer.one("[data-refused]").get_text()
    assert lines_of(answer) == [("add", OFFICE), ("remove", LAB)]
    assert portal.networks() == [LAB]


def test_a_list_that_would_leave_its_actor_out_asks_with_the_ways_out(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, OFFICE)
    adds(portal, dana, MINE)
    portal.force_active()
    answer = goes_back(dana, event, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "leaves_you_out")
    assert portal.networks() == [MINE, OFFICE]
    ways = answer.all("#going-back button[name=then]")
    assert [way["value"] for way in ways] == ["deactivate"]
    assert press(dana, answer, ways[0], htmx=htmx).status == (200 if htmx else 303)
    assert (portal.networks(), portal.list().active) == ([OFFICE], False)


def test_an_empty_list_does_not_come_back_while_the_present_one_is_active(portal: Portal) -> None:
    dana = portal.signed_in()
    adds(portal, dana, LAB)
    event = deletes(portal, dana, LAB)
    adds(portal, dana, f"{HOME}/31")
    portal.force_active()
    assert goes_back(dana, event).refused == "leaves_you_out"
    plan = dana.get(f"{HISTORY}/{event}/restore")
    assert "an active list can’t be" in " ".join(plan.one("#restore-you-because").get_text().split())
    assert goes_back(dana, event, then="add_current", current=HOME).status == 303
    assert (portal.networks(), portal.list().active) == ([MINE], True)


def test_who_would_be_signed_out_is_named_in_the_same_question(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    adds(portal, dana, f"{ELSEWHERE}/32")
    portal.force_active()
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], ELSEWHERE)
    assert goes_back(dana, event, htmx=htmx).refused == "signs_out_others"
    plan = dana.get(f"{HISTORY}/{event}/restore")
    assert "Sanne Li" in plan.one("[role=group]").get_text()
    button = plan.one("#going-back .acts button")
    assert button.get_text() == "Remove 1 network and sign Sanne Li out"
    assert press(dana, plan, button, htmx=htmx).status == (200 if htmx else 303)
    assert portal.networks() == [MINE]


def test_very_wide_networks_are_confirmed_again(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", {"network": "0.0.0.0/0", "confirm_wide": "1"})
    event = last_event(portal)
    deletes(portal, dana, "0.0.0.0/0")
    answer = goes_back(dana, event)
    assert (answer.status, answer.errors) == (422, ["confirm_wide"])
    assert goes_back(dana, event, confirm_wide="1").status == 303
    assert portal.networks() == ["0.0.0.0/0"]


def test_networks_for_those_who_used_the_portal_lately_come_into_the_plan(portal: Portal) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    adds(portal, dana, f"{ELSEWHERE}/32")
    uses(portal, "sanne", ELSEWHERE)
    portal.force_active()
    plan = dana.get(f"{HISTORY}/{event}/restore")
    add = plan.one("a[id^=restore-also]")
    more = dana.get(str(add["href"]))
    assert (lines_of(more), more.value("also")) == ([("keep", MINE), ("keep", f"{ELSEWHERE}/32")], f"{ELSEWHERE}/32")


def test_what_is_wanted_besides_must_be_networks(portal: Portal) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    answer = dana.get(f"{HISTORY}/{event}/restore?also=%3Cb%3E")
    assert (answer.status, len(answer.errors), lines_of(answer)) == (422, 1, [])


def test_the_present_list_has_nothing_to_restore(portal: Portal) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    plan = dana.get(f"{HISTORY}/{event}/restore")
    assert "There is nothing to change." in " ".join(plan.html.get_text().split())
    assert not plan.all("#going-back .acts button")
    assert goes_back(dana, event).status == 303
    assert last_event(portal) == event


def test_nobody_but_an_owner_of_the_account_restores(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    deletes(portal, dana, MINE)
    for person, status in (("ola", 404), ("sanne", 403)):
        browser = portal.signed_in(person)
        for way in ("restore", "undo"):
            url = f"{HISTORY}/{event}/{way}"
            assert browser.get(url, htmx=htmx).status == browser.post(url, htmx=htmx).status == status
            assert dana.get(f"{HISTORY}/{2**40}/{way}", htmx=htmx).status == 404
    assert portal.networks() == []


def test_an_expired_form_can_be_sent_again(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    deletes(portal, dana, MINE)
    answer = dana.post(f"{HISTORY}/{event}/restore", csrf="old", htmx=htmx)
    assert (answer.status, answer.refused) == (400, "csrf")
    again = press(dana, answer, answer.one("#going-back .acts button"), htmx=htmx)
    assert again.status == (200 if htmx else 303)


def test_an_expired_form_tells_a_member_of_no_event(portal: Portal, htmx: bool) -> None:
    event, sanne = adds(portal, portal.signed_in(), MINE), portal.signed_in("sanne")
    for way in ("restore", "undo"):
        there, nowhere = (sanne.post(f"{HISTORY}/{one}/{way}", csrf="old", htmx=htmx) for one in (event, event + 1))
        assert (there.status, there.html.main) == (nowhere.status, nowhere.html.main)
        assert MINE not in there.text


def test_the_same_form_sent_twice_is_one_restore(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, MINE)
    deletes(portal, dana, MINE)
    fields = seen(dana.get(f"{HISTORY}/{event}/restore")) | {"operation": "once"}
    for _ in range(2):
        answer = dana.post(f"{HISTORY}/{event}/restore", fields, htmx=htmx)
        assert answer.status == (200 if htmx else 303)
    assert portal.networks() == [MINE]
