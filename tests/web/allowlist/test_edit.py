"""GET B/networks/<id>, GET B/networks/<id>/edit, POST B/networks/<id>."""

import re

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import HOME, IPV6
from webapp.domain.allowlist import Entry
from webapp.domain.comment import MAX_COMMENT

COVER, OTHER = "203.0.113.0/24", "198.51.100.0/24"


def url(portal: Portal, network: str) -> str:
    return f"{BASE}/networks/{portal.id_of(network)}"


def save(browser: Browser, portal: Portal, network: str, /, htmx: bool = False, **fields: str) -> Answer:
    """Edit a listed network the way its opened row would: all fields, the present version."""
    entry = next(entry for entry in portal.list().entries if entry.network.text == network)
    form = {"network": network, "comment": entry.comment, "version": entry.version} | fields
    return browser.post(f"{BASE}/networks/{entry.id}", form, htmx=htmx)


def entry_of(portal: Portal, network: str) -> Entry:
    return portal.list().get(portal.id_of(network))


def test_the_row_the_opened_row_and_the_page_share_one_dom_id(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, comment="Office")
    dana, row = portal.signed_in(), f"#network-{portal.id_of(COVER)}"
    for path in ("", "/edit", "/delete"):
        answer = dana.get(url(portal, COVER) + path, htmx=htmx)
        assert answer.status == 200
        text = answer.text if htmx else str(answer.one(row))
        assert f'id="{row[1:]}"' in text
        assert f'data-network="{COVER}"' in text


def test_the_opened_row_holds_network_comment_and_version(portal: Portal) -> None:
    portal.set_list(COVER, comment='Office "B" <1>')
    page = portal.signed_in().get(url(portal, COVER) + "/edit")
    form = page.one(f"form[action='{url(portal, COVER)}'][aria-label]")
    values = {str(field["name"]): field["value"] for field in form.select("input")}
    assert (values["network"], values["comment"]) == (COVER, 'Office "B" <1>')
    assert values["version"] == portal.version_of(COVER)


def test_saving_stores_both_fields_and_keeps_the_id(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, comment="old")
    entry = portal.id_of(OTHER)
    answer = save(portal.signed_in(), portal, OTHER, network="192.0.2.7", comment="new")
    assert (answer.status, answer.location) == (303, BASE)
    changed = portal.list().get(entry)
    assert (changed.network.text, changed.comment) == ("192.0.2.7/32", "new")
    assert portal.networks() == ["192.0.2.7/32", COVER]


def test_with_htmx_the_row_comes_back_closed_with_the_rest(portal: Portal) -> None:
    portal.set_list(COVER, OTHER)
    entry = portal.id_of(COVER)
    answer = save(portal.signed_in(), portal, COVER, htmx=True, network="192.0.2.0/24")
    assert answer.status == 200
    assert f'id="network-{entry}"' in answer.text
    assert 'data-network="192.0.2.0/24"' in answer.text
    assert '"covered": "false"' in answer.headers["HX-Trigger"]
    assert portal.list().revision in answer.headers["HX-Trigger"]
    assert len(answer.text) <= 4096


def test_editing_only_the_comment_is_possible_and_gives_a_new_version(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    version = portal.version_of(COVER)
    assert save(portal.signed_in(), portal, COVER, comment="words").status == 303
    assert entry_of(portal, COVER).comment == "words"
    assert portal.version_of(COVER) != version
    assert portal.list().active


def test_an_edited_network_is_remarked_on_like_an_added_one(portal: Portal) -> None:
    portal.set_list("203.0.113.7/32", "192.0.2.0/24")
    dana = portal.signed_in()
    changed = save(dana, portal, "192.0.2.0/24", htmx=True, network="203.0.113.0/24")
    assert "Saved 203.0.113.0/24. 203.0.113.7/32 is inside this one, so it changes nothing" in changed.text
    assert portal.networks() == ["203.0.113.0/24", "203.0.113.7/32"]
    assert "is inside this one" not in save(dana, portal, "203.0.113.0/24", htmx=True, comment="words").text


def test_editing_nothing_changes_nothing(portal: Portal) -> None:
    portal.set_list(COVER, comment="same")
    before = portal.list()
    dana = portal.signed_in()
    for htmx, status in ((False, 303), (True, 200)):
        assert save(dana, portal, COVER, htmx=htmx).status == status
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_another_spelling_of_the_same_network_is_no_duplicate_of_itself(portal: Portal) -> None:
    portal.set_list("2001:db8::/32")
    assert save(portal.signed_in(), portal, "2001:db8::/32", network="2001:0DB8::/32").status == 303
    assert portal.networks() == ["2001:db8::/32"]


def test_another_entrys_network_is_a_duplicate(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER)
    dana = portal.signed_in()
    answer = save(dana, portal, OTHER, htmx=htmx, network=COVER, comment="typed")
    assert (answer.status, answer.errors) == (422, ["duplicate"])
    assert f'value="{COVER}"' in answer.text
    assert 'value="typed"' in answer.text
    assert portal.networks() == [OTHER, COVER]


def test_malformed_fields_are_refused_and_kept(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, comment="old")
    dana = portal.signed_in()
    answer = save(dana, portal, COVER, htmx=htmx, network="203.0.113.9/24", comment="x" * (MAX_COMMENT + 1))
    assert (answer.status, answer.errors) == (422, ["host_bits", "comment_too_long"])
    assert 'value="203.0.113.9/24"' in answer.text
    assert "x" * (MAX_COMMENT + 1) in answer.text
    assert entry_of(portal, COVER).comment == "old"


def test_a_wide_network_needs_a_confirmation_unless_it_was_that_wide_before(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    answer = save(dana, portal, COVER, htmx=htmx, network="0.0.0.0/1")
    assert (answer.status, answer.errors) == (422, ["confirm_wide"])
    assert answer.one("button[name=confirm_wide]").get_text() == "Use it anyway"
    assert portal.networks() == [COVER]
    assert save(dana, portal, COVER, network="0.0.0.0/1", confirm_wide="1").status == 303
    assert save(dana, portal, "0.0.0.0/1", comment="still wide").status == 303


def test_a_stale_version_is_refused_with_what_is_there_now_and_what_was_typed(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER)
    old, entry = portal.version_of(OTHER), portal.id_of(OTHER)
    save(portal.signed_in("mara"), portal, OTHER, network="192.0.2.0/24", comment="Mara's")
    dana = portal.signed_in()
    fields = {"network": "192.0.2.128/25", "comment": "Dana's", "version": old}
    answer = dana.post(f"{BASE}/networks/{entry}", fields, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "stale")
    for shown in ("192.0.2.0/24", "Mara&#39;s", "192.0.2.128/25", "Dana&#39;s"):
        assert shown in answer.text
    assert portal.networks() == ["192.0.2.0/24", COVER]


def test_the_form_shown_after_a_conflict_can_be_sent(portal: Portal) -> None:
    portal.set_list(OTHER)
    dana, target = portal.signed_in(), url(portal, OTHER)
    answer = dana.post(target, {"network": COVER, "comment": "", "version": "old"})
    form = answer.one(f"form[action='{target}'][aria-label]")
    fields = {str(field["name"]): field["value"] for field in form.select("input")}
    assert dana.post(target, fields).status == 303
    assert portal.networks() == [COVER]


def test_a_missing_version_is_stale(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in()
    answer = dana.post(url(portal, OTHER), {"network": COVER}, htmx=htmx)
    assert (answer.status, answer.refused) == (409, "stale")
    assert portal.networks() == [OTHER]


def test_a_network_that_is_gone_leaves_the_typed_text_to_be_added(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    target, version = url(portal, OTHER), portal.version_of(OTHER)
    portal.set_list()
    dana = portal.signed_in()
    fields = {"network": "192.0.2.7/32", "comment": "kept", "version": version}
    answer = dana.post(target, fields, htmx=htmx)
    assert (answer.status, answer.refused) == (404, "gone")
    assert portal.networks() == []
    page = dana.post(target, fields)
    form = page.one(f".notice form[action='{BASE}/networks']")
    sent = {str(field["name"]): field["value"] for field in form.select("input")}
    assert dana.post(BASE + "/networks", sent).status == 303
    assert (portal.networks(), portal.list().entries[0].comment) == (["192.0.2.7/32"], "kept")


def test_an_edit_that_leaves_you_out_is_refused_and_nothing_is_changed(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, OTHER, active=True)
    dana = portal.signed_in()
    before = portal.list()
    for network in ("192.0.2.0/24", "203.0.113.128/25", "2001:db8::/32"):
        answer = save(dana, portal, COVER, htmx=htmx, network=network, comment="typed")
        assert (answer.status, answer.refused) == (409, "leaves_you_out")
        assert HOME in answer.text
        assert f'value="{network}"' in answer.text
        assert 'value="typed"' in answer.text
        ways = [(b["name"], b["value"]) for b in answer.all("button[name=then]")]
        assert ways == [("then", "add_current"), ("then", "deactivate")]
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_the_buttons_of_the_refusal_work_when_pressed(portal: Portal) -> None:
    for then, active, networks in (
        ("add_current", True, [HOME + "/32", OTHER, "192.0.2.0/24"]),
        ("deactivate", False, [OTHER, "192.0.2.0/24"]),
    ):
        portal.set_list(COVER, OTHER, active=True)
        dana, target = portal.signed_in(), url(portal, COVER)
        page = save(dana, portal, COVER, network="192.0.2.0/24")
        form = page.one(f"form[action='{target}'][aria-label]")
        fields = {str(field["name"]): field["value"] for field in form.select("input")}
        assert dana.post(target, fields | {"then": then}).status == 303
        assert (portal.list().active, portal.networks()) == (active, networks)
        assert dana.page().status == 200


def test_with_htmx_a_way_out_is_shown_besides_the_saved_row(portal: Portal) -> None:
    for then, state in (("add_current", "active"), ("deactivate", "inactive")):
        portal.set_list(COVER, OTHER, active=True)
        answer = save(portal.signed_in(), portal, COVER, htmx=True, network="192.0.2.0/24", then=then)
        assert (answer.status, answer.changed["state"]) == (200, state)
        rows = re.findall('data-network="([^"]+)"', answer.text)
        assert rows == ["192.0.2.0/24", f"{HOME}/32"][: 2 if then == "add_current" else 1]


def test_an_edit_of_exactly_your_address_offers_only_to_deactivate(portal: Portal) -> None:
    for own, address in ((HOME + "/32", HOME), ("2001:db8:9::/64", IPV6)):
        portal.set_list(own, OTHER, active=True)
        dana = portal.signed_in("dana", address)
        for then in ("", "add_current"):
            answer = save(dana, portal, own, network="192.0.2.0/24", then=then)
            assert (answer.status, answer.refused) == (409, "leaves_you_out")
            assert [button["value"] for button in answer.all("button[name=then]")] == ["deactivate"]
        assert portal.networks() == [OTHER, own]


def test_a_way_out_that_is_not_needed_is_ignored(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    dana = portal.signed_in()
    assert save(dana, portal, OTHER, network="192.0.2.0/24", then="deactivate").status == 303
    assert save(dana, portal, COVER, network="203.0.113.0/25", then="add_current").status == 303
    assert (portal.list().active, portal.networks()) == (True, ["192.0.2.0/24", "203.0.113.0/25"])


def test_the_guard_uses_the_address_of_the_submitting_request(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    dana = portal.signed_in()
    dana.address = "198.51.100.9"
    assert save(dana, portal, COVER, network="192.0.2.0/24").status == 303
    assert save(dana, portal, OTHER, network="203.0.113.0/24").refused == "leaves_you_out"


def test_the_edited_list_is_in_effect_at_once(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    sanne = portal.signed_in("sanne", "198.51.100.9")
    save(portal.signed_in(), portal, OTHER, network="192.0.2.0/24", confirm_signouts="1")
    assert sanne.get("/").status == 403


def test_another_accounts_network_is_not_there(portal: Portal) -> None:
    portal.set_list(OTHER, account=portal.world.northwind)
    entry = portal.list(portal.world.northwind).entries[0]
    dana, target = portal.signed_in(), f"{BASE}/networks/{entry.id}"
    assert [dana.get(target + path).status for path in ("", "/edit", "/delete")] == [404, 404, 404]
    answer = dana.post(target, {"network": COVER, "version": entry.version})
    assert (answer.status, answer.refused) == (404, "gone")
    assert portal.networks(portal.world.northwind) == [OTHER]


def test_a_member_edits_nothing(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER)
    sanne = portal.signed_in("sanne")
    assert save(sanne, portal, OTHER, htmx=htmx, network=COVER).status == 403
    assert portal.networks() == [OTHER]
