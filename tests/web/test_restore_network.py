"""POST B/networks/restore: undo a delete."""

from datetime import timedelta

from tests.conftest import Clock
from tests.support.client import BASE, Browser, Portal
from tests.support.world import HOME

URL = BASE + "/networks/restore"
OTHER = "198.51.100.0/24"


def deleted(portal: Portal, browser: Browser, network: str = OTHER) -> str:
    """Delete a network and return what Undo would send."""
    target = f"{BASE}/networks/{portal.id_of(network)}/delete"
    answer = browser.post(target, {"version": portal.version_of(network), "then": "deactivate"})
    assert answer.status == 303
    return str(browser.page().one(".notice input[name=token]")["value"])


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
    assert answer.one("#allowlist-notices[hx-swap-oob=innerHTML]").get_text(strip=True) == ""
    assert dana.page().one("#allowlist-notices")


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


def test_undo_is_refused_after_ten_minutes(portal: Portal, time: Clock) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    time.advance(timedelta(minutes=10, seconds=1))
    for htmx in (False, True):
        answer = dana.post(URL, {"token": token}, htmx=htmx)
        assert (answer.status, answer.refused) == (409, "too_late")
    assert portal.networks() == []


def test_undo_twice_is_a_duplicate(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    dana.post(URL, {"token": token})
    before = portal.list()
    for htmx in (False, True):
        answer = dana.post(URL, {"token": token}, htmx=htmx)
        assert (answer.status, answer.errors) == (422, ["duplicate"])
        assert answer.one(".undo[autofocus]")
    assert portal.list() == before


def test_undo_into_a_full_list_is_refused(portal: Portal) -> None:
    filling = [f"192.0.{n // 256}.{n % 256}/32" for n in range(999)]
    portal.set_list(*filling, OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    dana.post(BASE + "/networks", {"network": HOME})
    for htmx in (False, True):
        assert dana.post(URL, {"token": token}, htmx=htmx).errors == ["full"]
    assert len(portal.networks()) == 1_000


def test_a_wide_network_is_confirmed_again(portal: Portal) -> None:
    portal.set_list("0.0.0.0/0")
    dana = portal.signed_in()
    token = deleted(portal, dana, "0.0.0.0/0")
    for htmx in (False, True):
        answer = dana.post(URL, {"token": token}, htmx=htmx)
        assert (answer.status, answer.errors) == (422, ["confirm_wide"])
    form = dana.post(URL, {"token": token}).one(f"form[action='{URL}']:has(button[name=confirm_wide])")
    fields = {str(field["name"]): field["value"] for field in form.select("input, button")}
    assert dana.post(URL, fields).status == 303
    assert portal.networks() == ["0.0.0.0/0"]


def test_another_owner_of_the_account_may_undo(portal: Portal) -> None:
    portal.set_list(OTHER)
    token = deleted(portal, portal.signed_in())
    assert portal.signed_in("mara").post(URL, {"token": token}).status == 303
    assert portal.list().entries[0].added_by == "Mara Osei"


def test_another_accounts_token_restores_nothing(portal: Portal) -> None:
    portal.set_list(OTHER, comment="secret")
    token = deleted(portal, portal.signed_in())
    ola = portal.signed_in("ola")
    for htmx in (False, True):
        answer = ola.post(URL, {"token": token}, htmx=htmx)
        assert (answer.status, answer.refused) == (404, "gone")
        assert OTHER not in answer.text
        assert "secret" not in answer.text
    assert portal.networks() == portal.networks(portal.world.northwind) == []


def test_a_token_that_is_none_restores_nothing(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    token = deleted(portal, dana)
    for wrong in ("", "x", token[:-1], token + "x", token.upper(), "1", "é.ü", "." * 999, token.partition(".")[0]):
        for htmx in (False, True):
            answer = dana.post(URL, {"token": wrong}, htmx=htmx)
            assert (answer.status, answer.refused) == (404, "gone"), wrong
    assert dana.post(URL, {}).status == 404
    assert portal.networks() == []


def test_a_member_restores_nothing(portal: Portal) -> None:
    portal.set_list(OTHER)
    token = deleted(portal, portal.signed_in())
    for htmx in (False, True):
        assert portal.signed_in("sanne").post(URL, {"token": token}, htmx=htmx).status == 403
    assert portal.networks() == []
