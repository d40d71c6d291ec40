"""POST B/networks/restore with the token of an import: the networks that it concerned become what they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Clock
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.forms import press
from tests.support.quick import events_of, start_session
from tests.support.world import ELSEWHERE, HOME
from webapp.domain.allowlist import Allowlist

URL = f"{BASE}/networks/restore"
MINE, OFFICE, VPN, LAB = f"{HOME}/32", "198.51.100.0/25", "2001:db8:40::/48", "192.0.2.0/28"


def imports(browser: Browser, text: str, mode: str = "replace", **more: str) -> str:
    """Import a text by its page, and return what Undo would send."""
    plan = browser.post(f"{BASE}/import", {"text": text, "mode": mode})
    fields = {name: plan.value(name) for name in ("version", "digest")} | {"text": text, "mode": mode} | more
    answer = browser.post(f"{BASE}/import/apply", fields)
    assert answer.status == 303, answer.text
    return str(browser.page().all("#allowlist-offers [name=token]")[0]["value"])


def undoes(browser: Browser, token: str, *, htmx: bool = False, **more: str) -> Answer:
    """Press Undo."""
    return browser.post(URL, {"token": token} | more, htmx=htmx)


def facts(stored: Allowlist) -> list[tuple[Any, ...]]:
    """Return what people see of a list, in its order."""
    return [(one.network, one.comment, one.added_by, one.added_by_id, one.added_at) for one in stored.entries]


@pytest.fixture
def token(portal: Portal, time: Clock) -> str:
    """Dana has replaced a list of three: one stays, one has another comment, one is gone, one is new."""
    portal.set_list(MINE, OFFICE, VPN, comment="Before")
    time.advance(timedelta(days=3))
    return imports(portal.signed_in(), f"{LAB} # New\n{OFFICE} # Other\n{MINE}")


def test_everything_is_as_it_was(portal: Portal, time: Clock, htmx: bool) -> None:
    portal.set_list(MINE, OFFICE, VPN, comment="Before")
    before = portal.list()
    time.advance(timedelta(days=3))
    dana = portal.signed_in()
    done = imports(dana, f"{LAB} # New\n{OFFICE} # Other\n{MINE}")
    assert portal.networks() == [LAB, OFFICE, MINE]
    assert undoes(dana, done, htmx=htmx).status == (200 if htmx else 303)
    assert facts(portal.list()) == facts(before)
    kept = {entry.network.text: (entry.id, entry.version) for entry in before.entries}
    now = {entry.network.text: (entry.id, entry.version) for entry in portal.list().entries}
    assert now[MINE] == kept[MINE]
    assert now[OFFICE][0] == kept[OFFICE][0]
    assert now[VPN][0] != kept[VPN][0]


def test_the_notice_says_what_was_done_and_offers_undo_after_a_reload_too(portal: Portal, token: str) -> None:
    dana = portal.signed_in()
    for _ in range(2):
        offer = dana.page().one("#allowlist-offers [data-undo]")
        assert "Added 1, changed 1 and removed 1 network." in offer.get_text()
        assert offer.select("[name=token]")[0]["value"] == token


def test_it_is_said_that_it_is_undone_and_not_offered_again(portal: Portal, token: str, htmx: bool) -> None:
    dana = portal.signed_in()
    answer = undoes(dana, token, htmx=htmx)
    page = answer if htmx else dana.page()
    said = page.one("[hx-swap-oob='innerHTML:#allowlist-notices']" if htmx else "#allowlist-notices .notice")
    assert said.get_text(strip=True) == "Undone. Added 1, changed 1 and removed 1 network."
    assert page.one("#allowlist-offers").get_text(strip=True) == ""
    assert [event.kind for event in events_of(portal.app, portal.world.halden)][-2:] == ["import", "restore"]


def test_networks_that_the_import_did_not_concern_stay_as_they_are_now(portal: Portal, token: str) -> None:
    mara = portal.signed_in("mara")
    mara.post(f"{BASE}/networks", {"network": "192.0.2.200", "comment": "Mara’s"})
    mara.post(
        f"{BASE}/networks/{portal.id_of(MINE)}",
        {"network": MINE, "comment": "Home", "version": portal.version_of(MINE)},
    )
    assert undoes(portal.signed_in(), token).status == 303
    comments = {entry.network.text: entry.comment for entry in portal.list().entries}
    assert comments == {"192.0.2.200/32": "Mara’s", VPN: "Before", OFFICE: "Before", MINE: "Home"}


@pytest.mark.parametrize("change", ["edited", "deleted", "added again"])
def test_where_a_network_has_changed_meanwhile_nothing_is_undone(
    portal: Portal, token: str, change: str, htmx: bool
) -> None:
    mara, network = portal.signed_in("mara"), {"edited": OFFICE, "deleted": LAB, "added again": VPN}[change]
    if change == "added again":
        mara.post(f"{BASE}/networks", {"network": VPN})
    else:
        fields = {"network": network, "comment": "Mine", "version": portal.version_of(network)}
        mara.post(f"{BASE}/networks/{portal.id_of(network)}" + ("/delete" if change == "deleted" else ""), fields)
    before = portal.list()
    answer = undoes(portal.signed_in(), token, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "stale")
    assert f"{network} has changed since." in answer.one("#undo-why").get_text()
    assert portal.list() == before


def test_what_can_not_be_undone_any_more_is_not_offered(portal: Portal, token: str) -> None:
    fields = {"network": OFFICE, "comment": "Mine", "version": portal.version_of(OFFICE)}
    portal.signed_in("mara").post(f"{BASE}/networks/{portal.id_of(OFFICE)}", fields)
    assert portal.signed_in().page().one("#allowlist-offers").get_text(strip=True) == ""


def test_undo_works_for_ten_minutes(portal: Portal, time: Clock, token: str, htmx: bool) -> None:
    dana = portal.signed_in()
    time.advance(timedelta(minutes=10, seconds=1))
    assert dana.page().all("#allowlist-offers [name=token]") == []
    answer = undoes(dana, token, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "too_late")
    time.advance(timedelta(seconds=-1))
    assert undoes(dana, token).status == 303


def test_undo_twice_changes_nothing_more(portal: Portal, token: str, htmx: bool) -> None:
    undoes(portal.signed_in(), token)
    before = portal.list()
    assert undoes(portal.signed_in(), token, htmx=htmx).refused == "stale"
    assert portal.list() == before


def test_the_same_form_sent_twice_is_one_undo(portal: Portal, token: str, htmx: bool) -> None:
    dana = portal.signed_in()
    for _ in range(2):
        assert undoes(dana, token, operation="once", htmx=htmx).status == (200 if htmx else 303)


def test_another_accounts_token_undoes_nothing(portal: Portal, token: str, htmx: bool) -> None:
    before = portal.list()
    answer = undoes(portal.signed_in("ola"), token, htmx=htmx)
    assert (answer.status, answer.refused) == (404, "gone")
    assert LAB not in answer.text
    assert undoes(portal.signed_in("sanne"), token, htmx=htmx).status == 403
    assert portal.list() == before


def test_an_expired_form_undoes_nothing_and_can_be_sent_again(portal: Portal, token: str, htmx: bool) -> None:
    dana = portal.signed_in()
    answer = dana.post(URL, {"token": token}, csrf="old", htmx=htmx)
    assert (answer.status, answer.refused) == (400, "csrf")
    again = press(dana, answer, answer.one(f"form[action='{URL}'] button"), htmx=htmx)
    assert again.status == (200 if htmx else 303)


def test_what_an_undo_takes_away_is_no_way_to_stay_in(portal: Portal, htmx: bool) -> None:
    portal.set_list(OFFICE)
    dana = portal.signed_in()
    token = imports(dana, MINE, "add")
    portal.force_active()
    answer = undoes(dana, token, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "leaves_you_out")
    assert portal.networks() == [MINE, OFFICE]
    ways = answer.all(f"form[action='{URL}'] button[name=then]")
    assert [way["value"] for way in ways] == ["deactivate"]


def test_a_way_out_is_one_step_with_the_undo(portal: Portal, htmx: bool) -> None:
    portal.set_list(OFFICE)
    dana = portal.signed_in()
    token = imports(dana, "203.0.113.0/24", "add")
    portal.force_active()
    answer = undoes(dana, token, htmx=htmx)
    add, deactivate = answer.all(f"form[action='{URL}'] button[name=then]")
    assert add.get_text() == f"Add {MINE} and undo"
    assert deactivate.get_text() == "Undo and deactivate the list"
    assert press(dana, answer, add, htmx=htmx).status == (200 if htmx else 303)
    assert (set(portal.networks()), portal.list().active) == ({OFFICE, MINE}, True)


def test_who_would_be_signed_out_is_asked_about(portal: Portal, htmx: bool) -> None:
    portal.set_list(MINE)
    dana = portal.signed_in()
    token = imports(dana, f"{ELSEWHERE}/32", "add")
    portal.force_active()
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], ELSEWHERE)
    answer = undoes(dana, token, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "signs_out_others")
    assert len(portal.networks()) == 2
    button = answer.one(f"form[action='{URL}'] button[name=confirm_signouts]")
    assert button.get_text() == "Undo and sign Sanne Li out"
    assert press(dana, answer, button, htmx=htmx).status == (200 if htmx else 303)
    assert portal.networks() == [MINE]


def test_very_wide_networks_are_confirmed_again(portal: Portal, htmx: bool) -> None:
    portal.set_list("0.0.0.0/0", OFFICE)
    dana = portal.signed_in()
    token = imports(dana, OFFICE)
    answer = undoes(dana, token, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["confirm_wide"])
    answer = press(dana, answer, answer.one("button[name=confirm_wide]"), htmx=htmx)
    assert answer.status == (200 if htmx else 303)
    assert portal.networks() == [OFFICE, "0.0.0.0/0"]


def test_into_a_full_list_nothing_is_brought_back(portal: Portal, htmx: bool) -> None:
    portal.put_list(*(f"10.0.{n // 256}.{n % 256}/32" for n in range(1_000)))
    dana = portal.signed_in()
    token = imports(dana, "\n".join(f"10.0.{n // 256}.{n % 256}/32" for n in range(1, 1_000)))
    dana.post(f"{BASE}/networks", {"network": OFFICE})
    answer = undoes(dana, token, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["full"])
    assert len(portal.networks()) == 1_000


def test_an_import_of_a_thousand_is_undone(portal: Portal, htmx: bool) -> None:
    portal.set_list(OFFICE)
    dana = portal.signed_in()
    token = imports(dana, "\n".join(f"10.0.{n // 256}.{n % 256}/32" for n in range(999)), "add")
    assert len(portal.networks()) == 1_000
    assert undoes(dana, token, htmx=htmx).status == (200 if htmx else 303)
    assert portal.networks() == [OFFICE]


def test_undo_neither_activates_nor_deactivates(portal: Portal) -> None:
    portal.set_list(MINE, active=True)
    dana = portal.signed_in()
    token = imports(dana, OFFICE, then="deactivate")
    assert not portal.list().active
    assert undoes(dana, token).status == 303
    assert (portal.networks(), portal.list().active) == ([MINE], False)
