"""Applying a plan: only what was seen, all of it or nothing (R14), with R4, R6 and R8c asked of the whole."""

import pytest

from tests.support.client import BASE, Portal
from tests.support.imports import APPLY, applies, asks_for_plan, lines_of, seen
from tests.support.quick import start_session
from tests.support.world import ELSEWHERE, HOME

COVER, NEW, OTHER = "203.0.113.0/24", "192.0.2.0/24", "198.51.100.0/24"


def test_what_was_seen_is_done_and_the_list_says_so(portal: Portal, htmx: bool) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    answer = applies(dana, f"{NEW} Rotterdam\n{OTHER}", htmx=htmx)
    assert (answer.status, answer.headers.get("HX-Redirect", answer.location)) == (200 if htmx else 303, BASE)
    assert [(entry.network.text, entry.comment) for entry in portal.list().entries] == [
        (NEW, "Rotterdam"),
        (OTHER, ""),
        (COVER, ""),
    ]
    assert "Added 2 networks. The list has 3 networks." in dana.page().one(".notice").get_text()


def test_replacing_is_one_change(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    kept = portal.id_of(COVER)
    applies(portal.signed_in(), f"{COVER} # Rotterdam\n{NEW}", "replace")
    assert portal.networks() == [NEW, COVER]
    assert (portal.id_of(COVER), portal.list().get(kept).comment) == (kept, "Rotterdam")
    assert portal.list().active


@pytest.mark.parametrize("field", ["version", "digest", "mode", "text"])
def test_another_plan_than_the_one_that_was_seen_is_shown_instead(portal: Portal, field: str) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    other = {"version": "old", "digest": "0" * 64, "mode": "replace", "text": OTHER}[field]
    answer = dana.post(APPLY, {"text": NEW} | seen(asks_for_plan(dana, NEW)) | {field: other})
    assert (answer.status, answer.refused) == (409, "stale")
    assert lines_of(answer)
    assert portal.networks() == [COVER]


def test_a_list_that_changed_meanwhile_is_another_plan_and_says_who_did_it(portal: Portal) -> None:
    dana = portal.signed_in()
    plan = asks_for_plan(dana, f"{NEW}\n{OTHER}")
    portal.signed_in("mara").post(f"{BASE}/networks", {"network": OTHER})
    answer = dana.post(APPLY, {"text": f"{NEW}\n{OTHER}"} | seen(plan))
    assert (answer.status, answer.refused) == (409, "stale")
    assert f"Mara Osei added {OTHER}" in answer.one("[data-refused]").get_text()
    assert lines_of(answer) == [("add", NEW), ("keep", OTHER)]


def test_where_somebody_else_did_it_meanwhile_nothing_is_to_be_sent_again(portal: Portal) -> None:
    dana = portal.signed_in()
    plan = asks_for_plan(dana, OTHER)
    portal.signed_in("mara").post(f"{BASE}/networks", {"network": OTHER})
    refusal = dana.post(APPLY, {"text": OTHER} | seen(plan)).one("[data-refused=stale]").get_text()
    assert ("Nothing was changed." in refusal, "send it again" in refusal) == (True, False)


def test_lines_in_error_are_corrected_or_left_out_by_a_button_that_says_so(portal: Portal) -> None:
    dana, text = portal.signed_in(), f"{NEW}\n198.51.100.9/24\n{OTHER}"
    plan = asks_for_plan(dana, text)
    assert applies(dana, text).errors == ["has_errors", "host_bits"]
    assert portal.networks() == []
    button = plan.one(f'button[formaction="{APPLY}"]')
    assert (button.get_text(), button["name"]) == ("Add the 2 that are right", "skip_errors")
    fields = {name: plan.value(name) for name in ("version", "digest")}
    assert dana.post(APPLY, fields | {"text": text, "mode": "add", "skip_errors": "1"}).status == 303
    assert portal.networks() == [NEW, OTHER]


def test_lines_are_left_out_before_the_plan_asks_for_a_yes(portal: Portal) -> None:
    plan = asks_for_plan(portal.signed_in(), f"10.0.0.0/7\n{NEW}/33", mode="replace")
    assert plan.one("button[name=skip_errors]").has_attr("formnovalidate")
    assert "10.0.0.0/7" in plan.one(f"#{plan.one('[name=confirm_wide]')['aria-describedby']}").get_text()


def test_a_removal_that_a_left_out_line_may_have_meant_is_confirmed_by_name(portal: Portal) -> None:
    portal.set_list(COVER, OTHER)
    dana, text = portal.signed_in(), f"{COVER}\n198.51.100.9/24"
    plan = asks_for_plan(dana, text, mode="replace", skip_errors="1")
    assert plan.one("label:has([name=confirm_removals])").get_text().split() == ["Remove", OTHER]
    answer = applies(dana, text, "replace", skip_errors="1")
    assert (answer.status, "confirm_removals" in answer.errors) == (422, True)
    assert applies(dana, text, "replace", skip_errors="1", confirm_removals="1").status == 303
    assert portal.networks() == [COVER]


def test_a_very_wide_network_needs_a_yes(portal: Portal) -> None:
    dana = portal.signed_in()
    answer = applies(dana, "10.0.0.0/7\n" + NEW)
    assert (answer.status, answer.errors) == (422, ["confirm_wide"])
    assert portal.networks() == []
    assert applies(dana, "10.0.0.0/7\n" + NEW, confirm_wide="1").status == 303


def test_too_many_networks_are_refused_with_how_many_there_would_be(portal: Portal) -> None:
    portal.put_list(*(f"10.0.{n // 256}.{n % 256}/32" for n in range(999)))
    answer = applies(portal.signed_in(), f"{NEW}\n{OTHER}")
    assert (answer.status, answer.errors[0]) == (422, "full")
    assert "The list would have 1,001 networks" in answer.text
    assert not answer.all(f'button[formaction="{APPLY}"]')


@pytest.mark.parametrize(
    ("then", "networks", "active"), [("add_current", [f"{HOME}/32", NEW], True), ("deactivate", [NEW], False)]
)
def test_a_plan_that_leaves_its_author_out_has_ways_out(
    portal: Portal, then: str, networks: list[str], active: bool
) -> None:
    portal.set_list(COVER, active=True)
    dana = portal.signed_in()
    answer = applies(dana, NEW, "replace")
    assert (answer.status, answer.refused) == (409, "leaves_you_out")
    assert [button["value"] for button in answer.all("button[name=then]")] == ["add_current", "deactivate"]
    assert portal.networks() == [COVER]
    assert applies(dana, NEW, "replace", then=then).status == 303
    assert (portal.networks(), portal.list().active) == (networks, active)


def test_people_who_would_be_signed_out_are_named_and_asked_about_once(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], ELSEWHERE)
    dana = portal.signed_in()
    plan = asks_for_plan(dana, COVER, mode="replace")
    assert plan.one(f'button[formaction="{APPLY}"]').get_text() == "Remove 1 network and sign Sanne Li out"
    answer = applies(dana, COVER, "replace")
    assert (answer.status, answer.refused, portal.networks()) == (409, "signs_out_others", [OTHER, COVER])
    fields = {name: plan.value(name) for name in ("version", "digest", "preview", "confirm_signouts")}
    assert dana.post(APPLY, fields | {"text": COVER, "mode": "replace"}).status == 303
    assert portal.networks() == [COVER]


def test_somebody_who_was_not_named_is_another_plan(portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    dana = portal.signed_in()
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], ELSEWHERE)
    plan = asks_for_plan(dana, COVER, mode="replace")
    start_session(portal.app, portal.world.halden, portal.world.users["mara"], ELSEWHERE)
    fields = {name: plan.value(name) for name in ("version", "digest", "preview", "confirm_signouts")}
    answer = dana.post(APPLY, fields | {"text": COVER, "mode": "replace"})
    assert (answer.status, answer.refused, portal.networks()) == (409, "stale", [OTHER, COVER])
    assert "Mara Osei would be signed out, too." in answer.one("[data-refused]").get_text()


def test_the_same_form_sent_twice_is_applied_once(portal: Portal) -> None:
    dana = portal.signed_in()
    fields = {"text": NEW, "operation": "once"} | seen(asks_for_plan(dana, NEW))
    assert [dana.post(APPLY, fields).status for _ in range(2)] == [303, 303]
    assert "Already imported." in [notice.get_text().strip() for notice in dana.page().all(".notice")]
    assert portal.networks() == [NEW]


def test_an_old_form_shows_the_plan_again_with_its_text(portal: Portal) -> None:
    dana = portal.signed_in()
    answer = dana.post(APPLY, {"text": NEW} | seen(asks_for_plan(dana, NEW)), csrf="old")
    assert (answer.status, answer.refused, answer.one("textarea").get_text()) == (400, "csrf", NEW)
    assert portal.networks() == []


def test_a_text_that_names_nothing_is_never_an_empty_list(portal: Portal) -> None:
    portal.set_list(COVER)
    fields = {"text": "", "mode": "replace", "version": portal.list().revision, "digest": ""}
    answer = portal.signed_in().post(APPLY, fields)
    assert (answer.status, answer.errors, portal.networks()) == (422, ["required"], [COVER])


def test_a_text_of_nothing_but_errors_is_never_an_empty_list_either(portal: Portal) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    plan = asks_for_plan(dana, "198.51.100.9/24", mode="replace")
    assert not plan.all("button[name=skip_errors]")
    fields = {"text": "198.51.100.9/24", "skip_errors": "1", "confirm_removals": "1"} | seen(plan)
    answer = dana.post(APPLY, fields)
    assert (answer.status, answer.errors, portal.networks()) == (422, ["nothing"], [COVER])
