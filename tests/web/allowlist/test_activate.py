"""GET and POST B/activate (R5)."""

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import ELSEWHERE, HOME, IPV6, TRANSLATED
from webapp.domain.comment import MAX_COMMENT

URL = BASE + "/activate"
COVER, OTHER = "203.0.113.0/24", "198.51.100.0/24"


def activate(browser: Browser, portal: Portal, htmx: bool = False, **fields: str) -> Answer:
    """Activate the way the question's form would: with the list's present revision."""
    return browser.post(URL, {"version": portal.list().revision} | fields, htmx=htmx)


def pressed(browser: Browser, page: Answer, htmx: bool = False, **changed: str) -> Answer:
    """Press the button of the question, with what its form holds."""
    form = page.one(f"form[action='{URL}'][method=post]")
    fields = form.select("input:not([type=radio]), input[checked], button[name]")
    sent = {str(field["name"]): str(field.get("value", "")) for field in fields}
    return browser.post(URL, sent | changed, htmx=htmx)


def state(portal: Portal) -> tuple[bool, list[str]]:
    return portal.list().active, list(portal.networks())


def test_a_covered_owner_is_asked_and_activates(portal: Portal) -> None:
    for htmx, status in ((False, 303), (True, 200)):
        portal.set_list(OTHER, COVER)
        dana = portal.signed_in()
        page = dana.get(URL, htmx=htmx)
        assert page.one("#dialog-title").get_text() == "Activate the IP allowlist?"
        assert not page.all("[name=add_current], [name=scope], [name=comment][id=dialog-comment]")
        assert pressed(dana, page, htmx).status == status
        assert state(portal) == (True, [COVER, OTHER])


def test_with_htmx_the_question_goes_and_the_list_is_shown_active(portal: Portal) -> None:
    portal.set_list(COVER)
    dana, before = portal.signed_in(), portal.list().revision
    answer = activate(dana, portal, htmx=True)
    assert (answer.status, answer.headers.get("HX-Retarget")) == (200, None)
    assert not answer.all("dialog, #dialog-title")
    told = (answer.changed["state"], answer.changed["version"], answer.changed["previous"])
    assert told == ("active", portal.list().revision, before)
    assert answer.all("#allowlist-deactivate")
    assert "is active" in answer.text
    assert "data-network" not in answer.text


def test_with_htmx_the_added_address_gets_its_row(portal: Portal) -> None:
    portal.set_list(OTHER)
    answer = activate(portal.signed_in(), portal, htmx=True, add_current="1")
    assert (answer.status, answer.changed["state"]) == (200, "active")
    assert answer.text.count("data-network=") == answer.text.count(f'data-network="{HOME}/32"') == 1


def test_with_htmx_the_first_network_brings_the_whole_section(portal: Portal) -> None:
    answer = activate(portal.signed_in(), portal, htmx=True, add_current="1")
    assert (answer.status, answer.headers["HX-Retarget"]) == (200, "#ip-allowlist")
    section = answer.one("#ip-allowlist")
    assert (section["data-state"], section["data-version"]) == ("active", portal.list().revision)


def test_an_uncovered_owner_gets_the_prompt_which_adds_and_activates_at_once(portal: Portal) -> None:
    for networks in ((), (OTHER,)):
        for htmx, status in ((False, 303), (True, 200)):
            portal.set_list(*networks)
            dana = portal.signed_in()
            page = dana.get(URL, htmx=htmx)
            assert page.one("#dialog-title").get_text() == "Prevent access blockage"
            assert HOME in page.text
            assert "access to the account may be lost" in page.text
            assert ("The list is empty" in page.text) == (not networks)
            answer = pressed(dana, page, htmx, comment=" My desk ")
            assert answer.status == status
            assert state(portal) == (True, [HOME + "/32", *networks])
            assert portal.list().entries[0].comment == "My desk"


def test_an_uncovered_owner_is_refused_whatever_the_form_says(portal: Portal, htmx: bool) -> None:
    for networks in ((), (OTHER,)):
        portal.set_list(*networks)
        dana, before = portal.signed_in(), portal.list()
        for add in ("", "0", "yes", "true", "01", " 1", "１"):
            answer = activate(dana, portal, htmx, add_current=add, comment="typed")
            assert (answer.status, answer.refused) == (409, "not_covered"), add
            assert answer.value("add_current") == "1"
            assert answer.one("#dialog-comment")["value"] == "typed"
        assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_a_refused_question_comes_back_into_the_dialog(portal: Portal) -> None:
    answer = activate(portal.signed_in(), portal, htmx=True)
    form = answer.one(f"dialog form[action='{URL}']")
    assert (form["hx-target"], form["hx-swap"]) == ("#allowlist-dialog", "innerHTML")
    assert "HX-Retarget" not in answer.headers
    page = activate(portal.signed_in(), portal)
    assert str(page.one("title").get_text()).startswith("Error: ")


def test_add_current_adds_nothing_when_the_address_is_covered(portal: Portal) -> None:
    for own in (COVER, HOME + "/32", "0.0.0.0/0"):
        portal.set_list(own)
        assert activate(portal.signed_in(), portal, add_current="1", comment="no").status == 303
        assert state(portal) == (True, [own])


def test_ipv6_adds_the_64_unless_the_single_address_is_asked_for(portal: Portal) -> None:
    subnet, single = "2001:db8:9::/64", IPV6 + "/128"
    for scope, network in (("", subnet), ("subnet", subnet), ("address", single)):
        portal.set_list(OTHER)
        dana = portal.signed_in("dana", IPV6)
        assert activate(dana, portal, add_current="1", scope=scope).status == 303
        assert state(portal) == (True, [network, OTHER])


@pytest.mark.parametrize("address", TRANSLATED)
def test_a_translated_or_tunnelled_address_is_only_ever_activated_with_alone(
    portal: Portal, address: str, htmx: bool
) -> None:
    portal.set_list(OTHER)
    dana = portal.signed_in("dana", address)
    page = dana.get(URL)
    assert not page.all("fieldset [name=scope]")
    answer = activate(dana, portal, htmx, add_current="1", scope="subnet")
    assert (answer.status, answer.errors, state(portal)) == (422, ["scope"], (False, [OTHER]))
    assert pressed(dana, page).status == 303
    assert state(portal) == (True, [f"{address}/128", OTHER])


def test_ipv6_is_offered_the_64_first_and_the_128_as_the_alternative(portal: Portal) -> None:
    dana = portal.signed_in("dana", IPV6)
    page = dana.get(URL)
    radios = page.all("[type=radio][name=scope]")
    assert [(r["value"], r.has_attr("checked")) for r in radios] == [("subnet", True), ("address", False)]
    assert [label.select(".ip")[0].get_text() for label in page.all("label.choice")] == [
        "2001:db8:9::/64",
        IPV6 + "/128",
    ]
    assert pressed(dana, page).status == 303
    assert state(portal) == (True, ["2001:db8:9::/64"])


def test_ipv4_always_adds_the_single_address(portal: Portal) -> None:
    for scope in ("", "address", "subnet"):
        portal.set_list()
        assert activate(portal.signed_in(), portal, add_current="1", scope=scope).status == 303
        assert state(portal) == (True, [HOME + "/32"])


def test_unknown_scopes_and_unusable_comments_are_refused_and_kept(portal: Portal, htmx: bool) -> None:
    dana, before = portal.signed_in("dana", IPV6), portal.list()
    for fields, errors in (
        ({"scope": "all", "comment": "typed"}, ["scope"]),
        ({"scope": "address", "comment": "x" * (MAX_COMMENT + 1)}, ["comment_too_long"]),
        ({"scope": "address", "comment": "a\x00b"}, ["comment_characters"]),
    ):
        answer = activate(dana, portal, htmx, add_current="1", **fields)
        assert (answer.status, answer.errors) == (422, errors)
        assert answer.one("#dialog-comment")["value"] == fields["comment"].replace("\x00", "\ufffd")
        checked = [radio["value"] for radio in answer.all("[type=radio][checked]")]
        assert checked == [fields["scope"] if fields["scope"] == "address" else "subnet"]
    assert portal.list() == before


def test_activating_an_active_list_succeeds_and_changes_nothing(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    dana, before = portal.signed_in(), portal.list()
    for htmx, status in ((False, 303), (True, 200)):
        assert activate(dana, portal, htmx).status == status
        assert activate(dana, portal, htmx, add_current="1").status == status
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_a_stale_or_missing_version_is_refused_with_the_list_as_it_is(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    old = portal.list().revision
    dana = portal.signed_in()
    portal.signed_in("mara").post(BASE + "/networks", {"network": OTHER})
    for fields in ({"version": old}, {"version": ""}, {}):
        answer = dana.post(URL, fields, htmx=htmx)
        assert (answer.status, answer.refused) == (409, "stale")
        assert answer.value("version") == portal.list().revision
        assert not portal.list().active
    assert pressed(dana, dana.post(URL, {"version": old})).status == 303
    assert portal.list().active


def test_a_stale_version_is_refused_on_an_active_list_too(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    answer = portal.signed_in().post(URL, {"version": "old"})
    assert (answer.status, answer.refused) == (409, "stale")


def test_without_a_trustworthy_address_activating_is_refused_with_the_reason(portal: Portal, htmx: bool) -> None:
    portal.set_list("0.0.0.0/0", "::/0")
    dana, before = portal.signed_in("dana", None), portal.list()
    page = dana.get(URL)
    assert page.status == 200
    assert not page.one(f"form[action='{URL}'][method=post]").select("button")
    for add in ("", "1"):
        answer = activate(dana, portal, htmx, add_current=add)
        assert (answer.status, answer.refused) == (409, "no_address")
        assert "can’t determine your address" in answer.text
    assert portal.list() == before


def test_the_address_is_that_of_the_activating_request(portal: Portal) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    page = dana.get(URL)
    dana.address = ELSEWHERE
    answer = pressed(dana, page)
    assert (answer.status, answer.refused) == (409, "not_covered")
    assert ELSEWHERE in answer.text
    assert not portal.list().active


def test_an_active_list_is_in_effect_at_once(portal: Portal) -> None:
    portal.set_list(COVER)
    sanne = portal.signed_in("sanne", ELSEWHERE)
    assert sanne.get("/").status == 200
    activate(portal.signed_in(), portal)
    assert sanne.get("/").status == 403
    assert portal.browser(ELSEWHERE).sign_in("mara").status == 403


def test_a_full_list_can_not_take_the_current_address(portal: Portal, htmx: bool) -> None:
    portal.put_list(*(f"10.0.{i // 250}.{i % 250}/32" for i in range(1000)))
    dana = portal.signed_in()
    answer = activate(dana, portal, htmx, add_current="1")
    assert (answer.status, answer.errors) == (422, ["full"])
    assert (portal.list().active, len(portal.networks())) == (False, 1000)


def test_another_accounts_owner_activates_only_their_own_list(portal: Portal) -> None:
    portal.set_list(COVER)
    ola, before = portal.signed_in("ola"), portal.list()
    assert ola.post(URL, {"version": before.revision}).refused == "stale"
    assert pressed(ola, ola.get(URL)).status == 303
    assert (portal.list(), portal.list().revision) == (before, before.revision)
    assert portal.list(portal.world.northwind).active


def test_a_member_activates_nothing_and_sees_no_question(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    sanne = portal.signed_in("sanne")
    assert sanne.get(URL, htmx=htmx).status == 403
    assert activate(sanne, portal, htmx, add_current="1").status == 403
    assert not portal.list().active
