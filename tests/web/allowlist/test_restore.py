"""POST B/networks/restore: undo a delete."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.conftest import Clock
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.quick import events_of, writing
from tests.support.tampering import unguarded
from tests.support.world import HOME
from webapp.storage.models import Event

URL = BASE + "/networks/restore"
OTHER = "198.51.100.0/24"


def deleted(portal: Portal, browser: Browser, network: str = OTHER) -> str:
    """Delete a network and return what Undo would send."""
    target = f"{BASE}/networks/{portal.id_of(network)}/delete"
    answer = browser.post(target, {"version": portal.version_of(network), "then": "deactivate"})
    assert answer.status == 303
    return str(browser.page().all(".notice input[name=token]")[0]["value"])


def test_undo_brings_back_network_and_comment(portal: Portal) -> None:
    portal.set_list(OTHER, comment="Office <1>")
    entry, dana = portal.id_of(OTHER), portal.signed_in()
    token = deleted(portal, dana)
    answer = dana.post(URL, {"token": token})
    assert (answer.status, answer.location) == (303, BASE)
    restored = portal.list().entries[0]
    assert (restored.network.text, restored.comment) == (OTHER, "Office <1>")
    assert restored.id != entry


def test_with_htmx_undo_brings_the_row_and_goes(portal: Portal) -> None:
    portal.set_list(HOME, OTHER)
    dana = portal.signed_in()
    answer = dana.post(URL, {"token": deleted(portal, dana)}, htmx=True)
    assert (answer.status, answer.headers["HX-Retarget"]) == (200, "closest [data-undo]")
    assert f'id="network-{portal.id_of(OTHER)}"' in answer.text
    assert answer.text.count("data-network=") == 1
    assert portal.networks() == [OTHER, HOME + "/32"]


def test_with_htmx_undoing_the_last_delete_takes_its_notice_away(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    answer = dana.post(URL, {"token": deleted(portal, dana)}, htmx=True)
    assert answer.headers["HX-Retarget"] == "#ip-allowlist"
    assert answer.one("#allowlist-offers[hx-swap-oob=innerHTML]").get_text(strip=True) == ""
    assert answer.one("[hx-swap-oob='innerHTML:#allowlist-notices']").get_text() == f"Restored {OTHER}."


def test_the_button_of_a_deleted_row_works_when_pressed(portal: Portal) -> None:
    portal.set_list(HOME, OTHER)
    dana = portal.signed_in()
    target = f"{BASE}/networks/{portal.id_of(OTHER)}/delete"
    answer = dana.post(target, {"version": portal.version_of(OTHER)}, htmx=True)
    fields = {str(field["name"]): field["value"] for field in answer.all(".undo form input, form input")}
    assert dana.post(URL, fields, htmx=True).status == 200
    assert portal.networks() == [OTHER, HOME + "/32"]


def test_undo_does_not_activate_again(portal: Portal) -> None:
    portal.set_list(HOME, active=True)
    dana = portal.signed_in()
    dana.post(URL, {"token": deleted(portal, dana, HOME + "/32")})
    assert (portal.networks(), portal.list().active) == ([HOME + "/32"], False)


def test_undo_works_for_ten_minutes(portal: Portal, time: Clock) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    time.advance(timedelta(minutes=10))
    assert dana.post(URL, {"token": token}).status == 303
    assert portal.networks() == [OTHER]


def test_undo_is_refused_after_ten_minutes(portal: Portal, time: Clock, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    time.advance(timedelta(minutes=10, seconds=1))
    answer = dana.post(URL, {"token": token}, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "too_late")
    assert portal.networks() == []


def test_undo_twice_is_a_duplicate(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    dana.post(URL, {"token": token})
    before = portal.list()
    answer = dana.post(URL, {"token": token}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["duplicate"])
    assert answer.one(".undo[autofocus]")
    assert portal.list() == before


def test_undo_into_a_full_list_is_refused(portal: Portal, htmx: bool) -> None:
    filling = [f"192.0.{n // 256}.{n % 256}/32" for n in range(999)]
    portal.put_list(*filling, OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    dana.post(BASE + "/networks", {"network": HOME})
    assert dana.post(URL, {"token": token}, htmx=htmx).errors == ["full"]
    assert len(portal.networks()) == 1_000


def test_a_wide_network_is_confirmed_again(portal: Portal, htmx: bool) -> None:
    portal.set_list("0.0.0.0/0")
    dana = portal.signed_in()
    token = deleted(portal, dana, "0.0.0.0/0")
    answer = dana.post(URL, {"token": token}, htmx=htmx)
    assert (answer.status, answer.errors) == (422, ["confirm_wide"])
    form = dana.post(URL, {"token": token}).one(f"form[action='{URL}']:has(button[name=confirm_wide])")
    assert form.select("button")[0].get_text() == "Restore it anyway"
    fields = {str(field["name"]): field["value"] for field in form.select("input, button")}
    assert dana.post(URL, fields).status == 303
    assert portal.networks() == ["0.0.0.0/0"]


def test_another_owner_of_the_account_may_undo(portal: Portal) -> None:
    portal.set_list(OTHER)
    token = deleted(portal, portal.signed_in())
    assert portal.signed_in("mara").post(URL, {"token": token}).status == 303
    assert portal.networks() == [OTHER]


def test_another_accounts_token_restores_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER, comment="secret")
    token = deleted(portal, portal.signed_in())
    ola = portal.signed_in("ola")
    answer = ola.post(URL, {"token": token}, htmx=htmx)
    assert (answer.status, answer.refused) == (404, "gone")
    assert OTHER not in answer.text
    assert "secret" not in answer.text
    assert portal.networks() == portal.networks(portal.world.northwind) == []


def test_a_token_that_is_none_restores_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    for wrong in ("", "x", token[:-1], token + "x", token.upper(), "1", "é.ü", "." * 999, token.partition(".")[0]):
        answer = dana.post(URL, {"token": wrong}, htmx=htmx)
        assert (answer.status, answer.refused) == (404, "gone"), wrong
    assert dana.post(URL, {}).status == 404
    assert portal.networks() == []


def test_a_member_restores_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    token = deleted(portal, portal.signed_in())
    assert portal.signed_in("sanne").post(URL, {"token": token}, htmx=htmx).status == 403
    assert portal.networks() == []


# What comes back is what was.


def facts(portal: Portal) -> list[tuple[Any, ...]]:
    """Return what the list says of its networks, but for ids and versions."""
    return [
        (entry.network.text, entry.comment, entry.added_at, entry.added_by, entry.added_by_id, entry.last_sign_in_at)
        for entry in portal.list().entries
    ]


def added_by_all(portal: Portal, time: Clock) -> None:
    """Mara and Dana add networks on different days; somebody signs in from the second."""
    portal.set_list()
    for person, network in (("mara", "192.0.2.0/24"), ("mara", OTHER), ("dana", "2001:db8::/48")):
        portal.signed_in(person).post(f"{BASE}/networks", {"network": network, "comment": f"{person}’s"})
        time.advance(timedelta(days=1))
    portal.signed_in("sanne", "198.51.100.9")
    time.advance(timedelta(days=100))


def test_it_comes_back_as_it_was_and_where_it_stood(portal: Portal, time: Clock, htmx: bool) -> None:
    added_by_all(portal, time)
    dana, before = portal.signed_in("dana", None), facts(portal)
    assert dana.post(URL, {"token": deleted(portal, dana)}, htmx=htmx).status == (200 if htmx else 303)
    assert facts(portal) == before
    row = dana.page().one(f"tr[data-network='{OTHER}']")
    assert "26 Sep 2026, Mara Osei" in row.get_text()
    assert [tag["data-network"] for tag in dana.page().all("tr[data-network]")][1] == OTHER


def test_another_persons_undo_does_not_make_it_hers(portal: Portal, time: Clock) -> None:
    added_by_all(portal, time)
    before, token = facts(portal), deleted(portal, portal.signed_in("dana", None))
    portal.signed_in("mara", None).post(URL, {"token": token})
    assert facts(portal) == before


def test_an_id_and_a_version_are_new(portal: Portal) -> None:
    portal.set_list(OTHER)
    entry, dana = portal.list().entries[0], portal.signed_in()
    dana.post(URL, {"token": deleted(portal, dana)})
    restored = portal.list().entries[0]
    assert entry.id not in {None, restored.id}
    assert restored.version != entry.version


def forget_facts(portal: Portal) -> None:
    """Leave in the events what they held before facts were kept."""
    with writing(portal.app) as connection, unguarded(connection):
        for event in events_of(portal.app, portal.world.halden):
            old = {
                side: state
                | {"networks": [{key: n[key] for key in ("id", "network", "comment")} for n in state["networks"]]}
                for side, state in (("before", event.before), ("after", event.after))
            }
            connection.execute(sa.update(Event).where(Event.id == event.id).values(**old))


def test_facts_that_an_older_event_lacks_are_those_of_the_addition(portal: Portal, time: Clock) -> None:
    added_by_all(portal, time)
    dana, before = portal.signed_in("dana", None), facts(portal)
    dana.post(f"{BASE}/networks/{portal.id_of(OTHER)}", fields_of(portal, comment="edited since"))
    token = deleted(portal, dana)
    forget_facts(portal)
    assert dana.post(URL, {"token": token}).status == 303
    network, _, *who_and_when, _ = before[1]
    assert facts(portal)[1][:5] == (network, "edited since", *who_and_when)


def fields_of(portal: Portal, comment: str) -> dict[str, str]:
    """Return the form of the network's row with another comment."""
    return {"network": OTHER, "comment": comment, "version": portal.version_of(OTHER)}


def test_where_no_event_knows_the_addition_it_comes_back_as_new(portal: Portal, time: Clock) -> None:
    portal.set_list(HOME, OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    forget_facts(portal)
    with writing(portal.app) as connection, unguarded(connection):
        connection.execute(sa.delete(Event).where(Event.kind != "delete"))
    time.advance(timedelta(minutes=1))
    assert dana.post(URL, {"token": token}).status == 303
    assert facts(portal)[0][:5] == (OTHER, "", time.now(), "Dana Kessler", portal.world.users["dana"])


def test_with_htmx_the_row_goes_to_its_place(portal: Portal, time: Clock) -> None:
    added_by_all(portal, time)
    dana, above = portal.signed_in("dana", None), portal.id_of("2001:db8::/48")
    token = deleted(portal, dana)
    from_notice = dana.post(URL, {"token": token}, htmx=True)
    assert f'hx-swap-oob="afterend:#network-{above}"><tr id="network-{portal.id_of(OTHER)}"' in from_notice.text
    target = f"{BASE}/networks/{portal.id_of(OTHER)}/delete"
    answer = dana.post(target, {"version": portal.version_of(OTHER)}, htmx=True)
    assert answer.one(".undo input[name=place]")["value"] == "row"
    in_row = dana.post(URL, {"token": answer.value("token"), "place": "row"}, htmx=True)
    assert in_row.headers["HX-Reswap"] == "outerHTML"
    assert "#allowlist-rows" not in in_row.text
    assert "afterend:" not in in_row.text
    assert in_row.text.lstrip().startswith(f'<tr id="network-{portal.id_of(OTHER)}"')


# The notice, as long as it works.


def offered(answer: Answer) -> list[str]:
    """Return what the page offers to undo."""
    return [notice.get_text(" ", strip=True) for notice in answer.all("#allowlist-offers [data-undo]")]


def test_a_page_loaded_anew_offers_undo_for_ten_minutes(portal: Portal, time: Clock, htmx: bool) -> None:
    portal.set_list(HOME, OTHER, comment="Office")
    dana = portal.signed_in()
    answer = dana.post(
        f"{BASE}/networks/{portal.id_of(OTHER)}/delete", {"version": portal.version_of(OTHER)}, htmx=htmx
    )
    assert answer.status == (200 if htmx else 303)
    dana.page()
    time.advance(timedelta(minutes=10))
    assert offered(dana.page()) == [f"Deleted {OTHER} (Office). Undo"]
    assert dana.post(URL, {"token": dana.page().value("token")}).status == 303
    assert facts(portal)[0][:2] == (OTHER, "Office")
    assert offered(dana.page()) == []


def test_after_ten_minutes_nothing_is_offered(portal: Portal, time: Clock) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    deleted(portal, dana)
    time.advance(timedelta(minutes=10, seconds=1))
    assert offered(dana.page()) == []


def test_undo_is_offered_to_who_deleted_and_in_this_account_only(portal: Portal) -> None:
    portal.set_list(OTHER, comment="secret")
    dana = portal.signed_in()
    deleted(portal, dana)
    for person in ("mara", "ola"):
        page = portal.signed_in(person).page()
        told = "secret" in page.text  # to the other owner, of the last change
        assert (offered(page), told) == ([], person == "mara")
    assert offered(portal.signed_in("dana").page()) == [f"Deleted {OTHER} (secret). Undo"]


def test_undo_is_not_offered_where_the_network_is_back_or_was_restored(portal: Portal) -> None:
    portal.set_list(HOME, OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    portal.signed_in("mara").post(f"{BASE}/networks", {"network": OTHER})
    assert offered(dana.page()) == []
    version = {"version": portal.version_of(OTHER)}
    portal.signed_in("mara").post(f"{BASE}/networks/{portal.id_of(OTHER)}/delete", version)
    assert offered(dana.page()) == [f"Deleted {OTHER} . Undo"]
    dana.post(URL, {"token": token})
    fields = {"network": "192.0.2.0/24", "version": portal.version_of(OTHER)}
    dana.post(f"{BASE}/networks/{portal.id_of(OTHER)}", fields)
    dana.page()
    assert offered(dana.page()) == []


def test_every_delete_is_offered_and_one_notice_stands_for_each(portal: Portal) -> None:
    portal.set_list(HOME, OTHER)
    dana = portal.signed_in()
    first = deleted(portal, dana, OTHER)
    deleted(portal, dana, f"{HOME}/32")
    dana.page()
    assert offered(dana.page()) == [f"Deleted {HOME}/32 . Undo", f"Deleted {OTHER} . Undo"]
    dana.post(URL, {"token": first})
    dana.page()
    assert offered(dana.page()) == [f"Deleted {HOME}/32 . Undo"]


def test_another_page_does_not_take_the_lists_notice_away(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", {"network": OTHER})
    for path in ("/", "/account/settings", "/logout", "/nowhere"):
        dana.get(path)
    assert f"Added {OTHER}." in dana.page().one(".notice").get_text()


def test_what_replaces_a_deleted_row_offers_undo_above_the_list(portal: Portal) -> None:
    portal.set_list(HOME, OTHER)
    dana = portal.signed_in()
    deleted(portal, dana)
    for path, target in ((BASE, "ip-allowlist"), (f"{BASE}?q=203", "allowlist-found")):
        answer = dana.get(path, htmx=True, headers={"HX-Target": target})
        assert offered(answer) == [f"Deleted {OTHER} . Undo"]
