"""GET and POST B/deactivate (R7)."""

from tests.support.client import BASE, Portal
from tests.support.world import ELSEWHERE, HOME

URL = BASE + "/deactivate"
COVER, OTHER = "203.0.113.0/24", "198.51.100.0/25"


def test_the_question_says_that_the_networks_stay(portal: Portal, htmx: bool) -> None:
    portal.set_list(OTHER, COVER, active=True)
    dana = portal.signed_in()
    page = dana.get(URL, htmx=htmx)
    assert page.status == 200
    assert "sign in from any address" in page.text
    assert "2 networks stay listed" in page.text
    assert page.all(f"form[method=post][action='{URL}'] [name=operation]")
    assert portal.list().active


def test_deactivating_lifts_everything_at_once_and_the_networks_stay(portal: Portal) -> None:
    portal.set_list(OTHER, COVER, active=True, comment="kept")
    dana, entries = portal.signed_in(), portal.list().entries
    assert portal.browser(ELSEWHERE).sign_in("mara").status == 403
    answer = dana.post(URL)
    assert (answer.status, answer.location) == (303, BASE)
    assert (portal.list().active, portal.list().entries) == (False, entries)
    assert portal.browser(ELSEWHERE).sign_in("mara").status == 303
    assert "inactive" in dana.page().one(".notice").get_text()


def test_with_htmx_the_question_goes_and_the_list_is_shown_inactive(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    answer = portal.signed_in().post(URL, htmx=True)
    assert (answer.status, answer.headers.get("HX-Retarget")) == (200, None)
    assert not answer.all("dialog, #dialog-title")
    assert (answer.changed["state"], answer.changed["version"]) == ("inactive", portal.list().revision)
    assert answer.all("#allowlist-activate")


def test_deactivating_an_inactive_list_succeeds_and_changes_nothing(portal: Portal) -> None:
    for networks in ((), (OTHER,)):
        portal.set_list(*networks)
        dana, before = portal.signed_in(), portal.list()
        for htmx, status in ((False, 303), (True, 200)):
            assert dana.post(URL, htmx=htmx).status == status
        assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_no_version_is_asked_for(portal: Portal) -> None:
    for version in ({}, {"version": "old"}):
        portal.set_list(COVER, active=True)
        assert portal.signed_in().post(URL, version).status == 303
        assert not portal.list().active


def test_a_list_can_be_activated_again_after_it(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    dana = portal.signed_in()
    dana.post(URL)
    assert dana.post(BASE + "/activate", {"version": dana.revision()}).status == 303
    assert (portal.list().active, portal.networks()) == (True, [COVER])


def test_another_accounts_owner_deactivates_only_their_own_list(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    portal.set_list(COVER, active=True, account=portal.world.northwind)
    before = portal.list()
    assert portal.signed_in("ola").post(URL).status == 303
    assert (portal.list(), portal.list().revision) == (before, before.revision)
    assert not portal.list(portal.world.northwind).active


def test_a_member_deactivates_nothing_and_sees_no_question(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER, active=True)
    sanne = portal.signed_in("sanne")
    assert sanne.get(URL, htmx=htmx).status == 403
    assert sanne.post(URL, htmx=htmx).status == 403
    assert portal.list().active


def test_nobody_deactivates_from_outside(portal: Portal) -> None:
    portal.set_list(HOME, active=True)
    dana = portal.signed_in()
    dana.address = ELSEWHERE
    assert dana.post(URL).status == 403
    assert portal.list().active
