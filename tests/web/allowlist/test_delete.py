"""GET B/networks/<id>/delete and POST B/networks/<id>/delete: R6 from the outside."""

from ipaddress import ip_network

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import HOME, IPV6, TRANSLATED

COVER, OWN, OTHER = "203.0.113.0/24", HOME + "/32", "198.51.100.0/24"


def url(portal: Portal, network: str) -> str:
    return f"{BASE}/networks/{portal.id_of(network)}/delete"


def delete(browser: Browser, portal: Portal, network: str, htmx: bool = False, **fields: str) -> Answer:
    return browser.post(url(portal, network), {"version": portal.version_of(network)} | fields, htmx=htmx)


def ways(answer: Answer) -> list[str]:
    return [str(button["value"]) for button in answer.all("button[name=then]")]


def test_the_question_names_the_network_and_deletes_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER, comment="Office")
    dana = portal.signed_in()
    answer = dana.get(url(portal, OTHER), htmx=htmx)
    assert answer.status == 200
    assert f"Delete {OTHER}" in answer.text
    assert f'value="{portal.version_of(OTHER)}"' in answer.text
    assert portal.networks() == [OTHER]


def test_deleting_from_the_page_goes_back_to_the_list_with_undo(portal: Portal) -> None:
    portal.set_list(COVER, OTHER)
    dana = portal.signed_in()
    answer = delete(dana, portal, OTHER)
    assert (answer.status, answer.location) == (303, BASE)
    assert portal.networks() == [COVER]
    notice = dana.page().one(".notice")
    assert f"Deleted {OTHER}" in notice.get_text()
    assert notice.select("form input[name=token]")[0]["value"]


def test_with_htmx_the_row_says_deleted_and_offers_undo(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, comment="Office")
    entry = portal.id_of(OTHER)
    answer = delete(portal.signed_in(), portal, OTHER, htmx=True)
    assert answer.status == 200
    assert f'id="network-{entry}"' in answer.text
    assert f'action="{BASE}/networks/restore"' in answer.text
    assert portal.list().revision in answer.headers["HX-Trigger"]
    assert portal.networks() == [COVER]
    assert len(answer.text) <= 4096


def test_the_buttons_of_a_row_and_of_the_question_work_when_pressed(portal: Portal) -> None:
    portal.set_list(COVER, OTHER)
    dana = portal.signed_in()
    for network, page in ((OTHER, dana.page()), (COVER, dana.get(url(portal, COVER)))):
        form = page.one(f"form[action='{url(portal, network)}']")
        fields = {str(field["name"]): field["value"] for field in form.select("input")}
        assert dana.post(url(portal, network), fields).status == 303
    assert portal.networks() == []


def test_the_last_network_of_an_inactive_list_may_go(portal: Portal) -> None:
    for htmx, status in ((False, 303), (True, 200)):
        portal.set_list(COVER)
        dana = portal.signed_in()
        answer = delete(dana, portal, COVER, htmx=htmx)
        assert answer.status == status
        assert (portal.networks(), portal.list().active) == ([], False)
        # "No networks yet" stands where the table was, and Undo is there, too.
        page = answer if htmx else dana.page()
        assert page.one(".empty")
        assert page.all("input[name=token]")


def test_an_id_is_never_used_again(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana, target, version = portal.signed_in(), url(portal, OTHER), portal.version_of(OTHER)
    delete(dana, portal, OTHER)
    dana.post(BASE + "/networks", {"network": COVER})
    assert url(portal, COVER) != target
    assert dana.post(target, {"version": version}).status == 404
    assert portal.networks() == [COVER]


def test_a_network_that_does_not_cover_you_goes_from_an_active_list(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    sanne = portal.signed_in("sanne", "198.51.100.9")
    assert delete(portal.signed_in(), portal, OTHER, confirm_signouts="1").status == 303
    assert (portal.networks(), portal.list().active) == ([COVER], True)
    assert sanne.get("/").status == 403


def test_one_of_two_networks_that_cover_you_goes_and_the_other_stays(portal: Portal) -> None:
    for first, second in ((COVER, OWN), (OWN, COVER)):
        portal.set_list(COVER, OWN, active=True)
        dana = portal.signed_in()
        assert delete(dana, portal, first).status == 303
        assert delete(dana, portal, second).refused == "leaves_you_out"
        assert (portal.networks(), portal.list().active) == ([second], True)


def test_deleting_your_only_cover_is_refused_and_nothing_is_changed(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    before, dana = portal.list(), portal.signed_in()
    answer = delete(dana, portal, COVER, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "leaves_you_out")
    assert HOME in answer.text
    assert ways(answer) == ["add_current", "deactivate"]
    assert "last network" not in answer.text
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_for_the_last_network_deactivating_comes_first_and_the_prompt_says_so(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, active=True)
    dana = portal.signed_in()
    answer = delete(dana, portal, COVER, htmx=htmx)
    assert (answer.status, ways(answer)) == (409, ["deactivate", "add_current"])
    assert "last network" in answer.text
    assert "Delete and deactivate" in answer.all("button[name=then]")[0].get_text()


def test_where_it_is_exactly_your_address_only_deactivating_is_offered(portal: Portal) -> None:
    for own, address in ((OWN, HOME), ("2001:db8:9::/64", IPV6)):
        portal.set_list(own, OTHER, active=True)
        dana = portal.signed_in("dana", address)
        for then in ("", "add_current"):
            answer = delete(dana, portal, own, then=then)
            assert (answer.status, answer.refused, ways(answer)) == (409, "leaves_you_out", ["deactivate"])
        assert (portal.networks(), portal.list().active) == ([OTHER, own], True)


def test_going_on_by_adding_your_address_is_one_change(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    dana = portal.signed_in()
    assert delete(dana, portal, COVER, then="add_current").status == 303
    assert (portal.networks(), portal.list().active) == ([OWN, OTHER], True)
    assert dana.page().one("#ip-allowlist")["data-covered"] == "true"


def test_going_on_by_adding_replaces_an_ipv6_address_by_its_subnet(portal: Portal) -> None:
    portal.set_list(IPV6 + "/128", OTHER, active=True)
    assert delete(portal.signed_in("dana", IPV6), portal, IPV6 + "/128", then="add_current").status == 303
    assert (portal.networks(), portal.list().active) == (["2001:db8:9::/64", OTHER], True)


@pytest.mark.parametrize("address", TRANSLATED)
def test_going_on_by_adding_adds_a_translated_or_tunnelled_address_alone(portal: Portal, address: str) -> None:
    wide = str(ip_network(f"{address}/56", strict=False))
    portal.set_list(wide, OTHER, active=True)
    dana = portal.signed_in("dana", address)
    refused = delete(dana, portal, wide)
    assert refused.one("tr.edit .pri").get_text(strip=True) == f"Add {address}/128 and delete"
    fields = refused.all(f"form[action='{url(portal, wide)}'] input[name]")
    sent = {str(field["name"]): str(field.get("value", "")) for field in fields} | {"then": "add_current"}
    assert dana.post(url(portal, wide), sent).status == 303
    assert (portal.networks(), portal.list().active) == ([f"{address}/128", OTHER], True)


def test_going_on_by_deactivating_is_one_change_and_says_so(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    dana = portal.signed_in()
    assert delete(dana, portal, COVER, then="deactivate").status == 303
    assert (portal.networks(), portal.list().active) == ([OTHER], False)
    assert "inactive now" in dana.page().one(".notice").get_text()


def test_removing_the_last_network_knowingly_deactivates(portal: Portal) -> None:
    portal.set_list(OWN, active=True)
    dana = portal.signed_in()
    assert delete(dana, portal, OWN, then="deactivate").status == 303
    assert (portal.networks(), portal.list().active) == ([], False)
    dana.post(BASE + "/networks", {"network": COVER})
    assert not portal.list().active


def test_with_htmx_adding_back_shows_the_row_that_was_added(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    answer = delete(portal.signed_in(), portal, COVER, htmx=True, then="add_current")
    assert answer.status == 200
    assert f'data-network="{OWN}"' in answer.text
    assert 'name="token"' in answer.text


def test_with_htmx_a_way_out_is_shown_besides_the_deleted_row(portal: Portal) -> None:
    for then, state, added in (("deactivate", "inactive", 0), ("add_current", "active", 1)):
        portal.set_list(COVER, OTHER, active=True)
        answer = delete(portal.signed_in(), portal, COVER, htmx=True, then=then)
        assert (answer.status, answer.changed["state"]) == (200, state)
        assert answer.all("input[name=token]")
        assert answer.text.count("data-network=") == answer.text.count(f'data-network="{HOME}/32"') == added


def test_a_way_out_that_is_not_needed_is_ignored(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, "192.0.2.0/24", active=True)
    dana = portal.signed_in()
    assert delete(dana, portal, OTHER, then="deactivate").status == 303
    assert delete(dana, portal, "192.0.2.0/24", then="add_current").status == 303
    assert (portal.networks(), portal.list().active) == ([COVER], True)


def test_the_guard_uses_the_state_at_the_time_of_the_write(portal: Portal) -> None:
    portal.set_list(COVER, OTHER)
    dana, target, version = portal.signed_in(), url(portal, COVER), portal.version_of(COVER)
    portal.force_active()
    answer = dana.post(target, {"version": version})
    assert (answer.status, answer.refused) == (409, "leaves_you_out")
    assert portal.networks() == [OTHER, COVER]


def test_a_stale_or_missing_version_is_refused_with_what_is_there_now(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana, target, old = portal.signed_in(), url(portal, OTHER), portal.version_of(OTHER)
    entry = portal.list().entries[0]
    dana.post(f"{BASE}/networks/{entry.id}", {"network": "192.0.2.0/24", "comment": "", "version": old})
    for fields in ({"version": old}, {}, {"version": ""}, {"version": portal.list().revision}):
        answer = dana.post(target, fields, htmx=htmx)
        assert (answer.status, answer.refused) == (409, "stale")
        assert "192.0.2.0/24" in answer.text
    assert portal.networks() == ["192.0.2.0/24"]


def test_a_network_that_is_gone_is_not_there_any_more(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana, target, version = portal.signed_in(), url(portal, OTHER), portal.version_of(OTHER)
    delete(dana, portal, OTHER)
    answer = dana.post(target, {"version": version}, htmx=htmx)
    assert (answer.status, answer.refused) == (404, "gone")


def test_another_accounts_network_stays(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER, account=portal.world.northwind)
    entry = portal.list(portal.world.northwind).entries[0]
    answer = portal.signed_in().post(
        f"{BASE}/networks/{entry.id}/delete", {"version": entry.version, "then": "deactivate"}, htmx=htmx
    )
    assert (answer.status, answer.refused) == (404, "gone")
    assert portal.networks(portal.world.northwind) == [OTHER]


def test_a_member_deletes_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    sanne = portal.signed_in("sanne")
    assert delete(sanne, portal, OTHER, htmx=htmx).status == 403
    assert portal.networks() == [OTHER]
