"""One-time operation ids: the same form sent twice has one effect; the repeat says so from what is there."""

import pytest

from tests.support.client import BASE, Portal
from tests.support.world import HOME

COVER, OTHER = HOME + "/32", "198.51.100.0/24"


def forms(portal: Portal, revision: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return a form of each change that would be accepted now."""
    row = f"/networks/{portal.id_of(OTHER)}"
    version = portal.version_of(OTHER)
    return {
        "add": ("/networks", {"network": "192.0.2.9", "comment": "typed"}),
        "edit": (row, {"network": "192.0.2.0/24", "comment": "typed", "version": version}),
        "delete": (f"{row}/delete", {"version": version}),
        "activate": ("/activate", {"version": revision}),
    }


@pytest.mark.parametrize("name", ["add", "edit", "delete", "activate"])
def test_the_same_form_sent_twice_has_one_effect(portal: Portal, name: str, htmx: bool) -> None:
    portal.set_list(OTHER, COVER)
    dana = portal.signed_in_by_page()
    path, fields = forms(portal, dana.revision())[name]
    once = fields | {"operation": "once"}
    first = dana.post(BASE + path, once, htmx=htmx)
    after = portal.list()
    repeat = dana.post(BASE + path, once, htmx=htmx)
    assert first.status == repeat.status == (200 if htmx else 303)
    assert (portal.list(), portal.list().revision) == (after, after.revision)


def test_an_undo_sent_twice_has_one_effect(portal: Portal) -> None:
    portal.set_list(OTHER, COVER)
    dana = portal.signed_in_by_page()
    fields = {"version": portal.version_of(OTHER)}
    deleted = dana.post(f"{BASE}/networks/{portal.id_of(OTHER)}/delete", fields, htmx=True)
    undo = {"token": deleted.value("token"), "operation": "once"}
    assert [dana.post(f"{BASE}/networks/restore", undo).status for _ in range(2)] == [303, 303]
    assert sorted(portal.networks()) == sorted([OTHER, COVER])


def test_a_deactivation_sent_late_does_not_undo_a_new_activation(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    dana = portal.signed_in_by_page()
    assert dana.post(BASE + "/deactivate", {"operation": "once"}).status == 303
    assert dana.post(BASE + "/activate", {"version": dana.revision()}).status == 303
    assert dana.post(BASE + "/deactivate", {"operation": "once"}).status == 303
    assert portal.list().active


@pytest.mark.parametrize(("late", "state"), [("activate", "inactive"), ("deactivate", "active")])
def test_a_change_of_state_sent_late_says_which_state_the_list_is_in(
    portal: Portal, late: str, state: str, htmx: bool
) -> None:
    portal.set_list(COVER, active=state == "active")
    dana = portal.signed_in_by_page()
    once = {"operation": "once", "version": dana.revision()}
    assert dana.post(f"{BASE}/{late}", once).status == 303
    back = {"activate": "deactivate", "deactivate": "activate"}[late]
    assert dana.post(f"{BASE}/{back}", {"version": dana.revision()}).status == 303
    dana.get(BASE)
    repeat = dana.post(f"{BASE}/{late}", once, htmx=htmx)
    shown = repeat if htmx else dana.get(BASE)
    told = shown.one("[hx-swap-oob='innerHTML:#allowlist-notices']" if htmx else ".notice > p").get_text()
    assert (repeat.status, told) == (200 if htmx else 303, f"Already done. The IP allowlist is {state} now.")
    assert shown.one("#ip-allowlist")["data-state"] == state


def test_without_an_operation_id_a_second_add_is_a_duplicate(portal: Portal) -> None:
    dana = portal.signed_in_by_page()
    fields = {"network": "192.0.2.9"}
    assert dana.post(BASE + "/networks", fields).status == 303
    assert dana.post(BASE + "/networks", fields).errors == ["duplicate"]


def test_a_refusal_is_not_remembered(portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    dana = portal.signed_in_by_page()
    fields = {"version": portal.version_of(COVER), "operation": "once"}
    path = f"{BASE}/networks/{portal.id_of(COVER)}/delete"
    assert dana.post(path, fields).refused == "leaves_you_out"
    assert dana.post(path, fields | {"then": "deactivate"}).status == 303
    assert (portal.networks(), portal.list().active) == ([], False)


def test_another_owners_id_is_independent(portal: Portal) -> None:
    dana, mara = portal.signed_in_by_page("dana"), portal.signed_in_by_page("mara")
    assert dana.post(BASE + "/networks", {"network": "192.0.2.8", "operation": "once"}).status == 303
    assert mara.post(BASE + "/networks", {"network": "192.0.2.9", "operation": "once"}).status == 303
    assert portal.networks() == ["192.0.2.9/32", "192.0.2.8/32"]


def test_the_same_id_with_other_text_is_stale_and_the_text_kept(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in_by_page()
    assert dana.post(BASE + "/networks", {"network": "192.0.2.8", "operation": "once"}).status == 303
    again = dana.post(BASE + "/networks", {"network": "192.0.2.9", "operation": "once"}, htmx=htmx)
    assert (again.status, again.refused) == (409, "stale")
    field = again.one("#add-network")
    assert field["value"] == "192.0.2.9"
    assert portal.networks() == ["192.0.2.8/32"]
    fresh = again.one("#allowlist-add form[aria-label] [name=operation]")["value"]
    assert dana.post(BASE + "/networks", {"network": "192.0.2.9", "operation": str(fresh)}).status == 303


@pytest.mark.parametrize("operation", ["\0", "x" * 65, "ö", "a\nb"])
def test_a_hostile_id_is_refused_with_a_sentence(portal: Portal, operation: str) -> None:
    dana = portal.signed_in_by_page()
    answer = dana.post(BASE + "/networks", {"network": "192.0.2.9", "operation": operation})
    assert (answer.status, answer.errors) == (422, ["operation"])
    assert answer.one("#add-network")["value"] == "192.0.2.9"
    assert portal.networks() == []
