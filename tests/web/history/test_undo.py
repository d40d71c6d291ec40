"""GET and POST H/<id>/undo: a single change is taken back, where what it concerned has not changed since (R16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.support.client import HISTORY, Portal
from tests.support.imports import applies, lines_of, seen
from tests.web.history.test_restore import (
    LAB,
    MINE,
    OFFICE,
    VPN,
    adds,
    deletes,
    edits,
    facts,
    goes_back,
    last_event,
    told,
)


def test_yesterdays_delete_is_brought_back_from_its_event(portal: Portal, time: Clock, htmx: bool) -> None:
    adds(portal, portal.signed_in("mara"), OFFICE, VPN)
    was = portal.list()
    event = deletes(portal, portal.signed_in(), OFFICE)
    time.advance(timedelta(days=1))
    dana = portal.signed_in()
    link = dana.get(f"{HISTORY}/{event}").one("a[href$=undo]")
    assert lines_of(dana.get(str(link["href"]))) == [("add", OFFICE), ("keep", VPN)]
    assert goes_back(dana, event, "undo", htmx=htmx).status == (200 if htmx else 303)
    assert facts(portal.list()) == facts(was)
    assert "Undone. Added 1 network." in told(dana)


@pytest.mark.parametrize("kind", ["add", "edit", "comment", "import"])
def test_each_kind_of_change_is_taken_back_and_later_ones_stay(portal: Portal, kind: str) -> None:
    dana = portal.signed_in()
    adds(portal, dana, OFFICE)
    was = facts(portal.list())
    if kind == "add":
        event = adds(portal, dana, VPN)
    elif kind == "import":
        applies(dana, f"{VPN}\n{MINE} # mine", "replace")
        event = last_event(portal)
    else:
        event = edits(portal, dana, OFFICE, **({"network": VPN} if kind == "edit" else {"comment": "other"}))
    adds(portal, portal.signed_in("mara"), LAB)
    assert goes_back(dana, event, "undo").status == 303
    left = portal.list()
    assert left.entries[0].network.text == LAB
    assert facts(left)[1:] == was


def test_what_has_changed_since_is_named_and_nothing_is_undone(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    event = adds(portal, dana, OFFICE)
    plan = seen(dana.get(f"{HISTORY}/{event}/undo"))
    edits(portal, portal.signed_in("mara"), OFFICE, comment="Mara’s")
    before, url = portal.list(), f"{HISTORY}/{event}/undo"
    for answer in (dana.get(url), dana.post(url, plan, htmx=htmx)):
        assert (answer.status, answer.refused) == (409, "stale")
        assert f"{OFFICE} has changed since." in answer.one("[data-refused]").get_text()
        assert not answer.all("#going-back .acts button")
    assert portal.list() == before


def test_a_deleted_network_that_is_listed_again_is_not_brought_back(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    adds(portal, dana, OFFICE)
    event = deletes(portal, dana, OFFICE)
    adds(portal, portal.signed_in("mara"), OFFICE)
    answer = dana.post(f"{HISTORY}/{event}/undo", {"version": portal.list().revision}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["duplicate"])
    assert f"{OFFICE} is already on the list, added by Mara Osei." in answer.text


def test_that_the_list_stays_inactive_is_said(portal: Portal) -> None:
    portal.set_list(MINE, active=True)
    dana = portal.signed_in()
    event = deletes(portal, dana, MINE, then="deactivate")
    goes_back(dana, event, "undo")
    assert (portal.networks(), portal.list().active) == ([MINE], False)
    assert "Undone. Added 1 network. The list stays inactive. The list has 1 network." in told(dana)


def test_an_undo_can_leave_its_actor_out_no_more_than_any_change(portal: Portal) -> None:
    dana = portal.signed_in()
    adds(portal, dana, OFFICE)
    event = adds(portal, dana, MINE)
    portal.force_active()
    assert goes_back(dana, event, "undo").refused == "leaves_you_out"
    assert goes_back(dana, event, "undo", then="deactivate").status == 303
    assert (portal.networks(), portal.list().active) == ([OFFICE], False)


def test_what_changed_no_network_cannot_be_undone(portal: Portal) -> None:
    portal.set_list(MINE)
    dana = portal.signed_in()
    dana.post("/account/settings/ip-allowlist/activate", {"version": portal.list().revision})
    event = last_event(portal)
    assert not dana.get(f"{HISTORY}/{event}").all("a[href$=undo]")
    assert dana.get(f"{HISTORY}/{event}/undo").status == 404
