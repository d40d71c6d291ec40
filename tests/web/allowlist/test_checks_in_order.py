"""POSTs under B are checked in one order: CSRF, role, network, version, fields, rules.

Each request here fails at several of them; the first one answers.
"""

from collections.abc import Iterator

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import HOME
from webapp.domain.comment import MAX_COMMENT

COVER, OTHER = HOME + "/32", "198.51.100.0/24"
SECRET = "a comment that only owners may read"
LONG = "x" * (MAX_COMMENT + 1)


def forms(entry_id: int) -> dict[str, dict[str, str]]:
    """A form of every POST under B, with text that must not get lost."""
    network = f"/networks/{entry_id}"
    typed = {"network": "192.0.2.9", "comment": "typed"}
    return {
        "/networks": typed,
        "/networks/current": {"comment": "typed"},
        network: typed | {"version": "v"},
        f"{network}/delete": {"version": "v"},
        "/networks/restore": {"token": "t"},
        "/activate": {"version": "v", "add_current": "1", "comment": "typed"},
        "/deactivate": {},
    }


@pytest.fixture
def entry_id(portal: Portal) -> int:
    """Halden's active list: COVER, which lets Dana in, and OTHER."""
    portal.set_list(OTHER, COVER, active=True, comment=SECRET)
    return portal.id_of(COVER)


def sent_badly(browser: Browser, entry_id: int, htmx: bool) -> Iterator[tuple[str, Answer]]:
    """Send every form with tokens that are none."""
    for path, fields in forms(entry_id).items():
        for token in ("", "nonsense"):
            yield path, browser.post(BASE + path, fields, htmx=htmx, csrf=token)


def test_a_stale_form_is_400_before_everything_else_and_nothing_happens(
    portal: Portal, entry_id: int, htmx: bool
) -> None:
    before, dana = portal.list(), portal.signed_in()
    for path, answer in sent_badly(dana, entry_id, htmx):
        assert (answer.status, answer.refused) == (400, "csrf"), path
        assert answer.location is None
    assert (portal.list(), portal.list().revision) == (before, before.revision)


def test_a_stale_form_keeps_what_was_typed(portal: Portal, entry_id: int, htmx: bool) -> None:
    dana = portal.signed_in()
    for path, answer in sent_badly(dana, entry_id, htmx):
        if "network" in forms(entry_id)[path]:
            values = [str(field.get("value")) for field in answer.all("input")]
            assert "192.0.2.9" in values, path
            assert "typed" in values, path


def test_the_fresh_token_of_a_stale_form_works(portal: Portal, entry_id: int) -> None:
    dana = portal.signed_in()
    page = dana.post(BASE + "/networks", {"network": "192.0.2.9", "comment": "typed"}, csrf="old")
    sent = {
        str(field["name"]): str(field.get("value", "")) for field in page.one("#allowlist-add form").select("input")
    }
    assert dana.post(BASE + "/networks", sent, csrf=sent["csrf_token"]).status == 303
    assert portal.networks()[0] == "192.0.2.9/32"
    target = f"{BASE}/networks/{entry_id}"
    page = dana.post(target, {"network": "203.0.113.0/24", "comment": "typed"}, csrf="old")
    sent = {str(f["name"]): str(f["value"]) for f in page.one(f"form[action='{target}'][aria-label]").select("input")}
    assert dana.post(target, sent, csrf=sent["csrf_token"]).status == 303
    assert portal.list().get(entry_id).comment == "typed"


def test_a_member_with_a_stale_form_learns_nothing_of_the_list(portal: Portal, entry_id: int, htmx: bool) -> None:
    sanne, before = portal.signed_in("sanne"), portal.list()
    for path, answer in sent_badly(sanne, entry_id, htmx):
        assert answer.status == 400, path
        for secret in (OTHER, SECRET, before.revision, portal.version_of(COVER), "data-version"):
            assert secret not in answer.text, path
    assert portal.list() == before


def test_the_role_comes_before_network_version_and_fields(portal: Portal, entry_id: int, htmx: bool) -> None:
    sanne, before = portal.signed_in("sanne"), portal.list()
    for existing in (entry_id, 10**9):
        for path in forms(existing):
            answer = sanne.post(BASE + path, {"network": "nonsense", "comment": LONG, "version": "v"}, htmx=htmx)
            assert (answer.status, answer.headers.get("HX-Redirect")) == (403, BASE if htmx else None), path
            assert OTHER not in answer.text
    assert portal.list() == before


def test_a_network_that_is_not_there_comes_before_version_and_fields(portal: Portal, entry_id: int) -> None:
    portal.set_list(OTHER, account=portal.world.northwind)
    foreign = portal.list(portal.world.northwind).entries[0]
    portal.set_list(OTHER, COVER, active=True)
    dana = portal.signed_in()
    for path in ("", "/delete"):
        answers = []
        for gone in (entry_id, foreign.id):
            fields = {"network": "nonsense", "comment": LONG, "version": foreign.version}
            answer = dana.post(f"{BASE}/networks/{gone}{path}", fields, htmx=True)
            assert (answer.status, answer.refused, answer.errors) == (404, "gone", [])
            answers.append([tag.get_text(" ", strip=True) for tag in answer.all("p, button, a")])
        assert answers[0] == answers[1]
    assert portal.networks(portal.world.northwind) == [OTHER]


def test_the_version_comes_before_fields_and_rules(portal: Portal, entry_id: int, htmx: bool) -> None:
    dana, before = portal.signed_in(), portal.list()
    fields = {"network": "nonsense", "comment": LONG, "scope": "all"}
    for path in (f"/networks/{entry_id}", f"/networks/{entry_id}/delete", "/activate"):
        for version in ({}, {"version": ""}, {"version": "old"}):
            answer = dana.post(BASE + path, fields | version, htmx=htmx)
            assert (answer.status, answer.refused, answer.errors) == (409, "stale", []), path
    assert portal.list() == before


def test_the_fields_come_before_the_rules(portal: Portal, entry_id: int) -> None:
    dana, version = portal.signed_in(), portal.version_of(COVER)
    target = f"{BASE}/networks/{entry_id}"
    for fields, errors in (
        ({"network": "192.0.2.9", "comment": LONG}, ["comment_too_long"]),
        ({"network": "0.0.0.0/1", "comment": LONG}, ["confirm_wide", "comment_too_long"]),
        ({"network": OTHER, "comment": LONG}, ["comment_too_long"]),
        ({"network": "192.0.2.9", "comment": ["a", "b"]}, ["repeated"]),
        ({"network": ["192.0.2.9", "192.0.2.8"], "comment": LONG}, ["repeated"]),
    ):
        answer = dana.post(target, fields | {"version": version, "then": "deactivate"})
        assert (answer.status, answer.errors) == (422, errors)
    answer = dana.post(target, {"network": "192.0.2.9", "comment": "", "version": version})
    assert (answer.status, answer.refused) == (409, "leaves_you_out")
    assert (portal.networks(), portal.list().active) == ([COVER, OTHER], True)


def test_fields_come_before_a_missing_address(portal: Portal) -> None:
    dana = portal.signed_in("dana", None)
    for path in ("/networks/current", "/activate"):
        fields = {"comment": LONG, "add_current": "1", "version": portal.list().revision}
        answer = dana.post(BASE + path, fields)
        assert (answer.status, answer.errors) == (422, ["comment_too_long"]), path
        answer = dana.post(BASE + path, fields | {"comment": ""})
        assert (answer.status, answer.refused) == (409, "no_address"), path


def test_a_repeated_field_is_422_whichever_it_is_and_says_why(portal: Portal, entry_id: int) -> None:
    dana, before = portal.signed_in(), portal.list()
    versions = {"/activate": before.revision}
    for path in (p for p in forms(entry_id) if p != "/networks/restore"):
        for name in ("network", "comment", "then", "operation", "unheard_of"):
            fields = {"network": "192.0.2.9", "version": versions.get(path, portal.version_of(COVER))}
            answer = dana.post(BASE + path, fields | {name: ["1", "2"]}, htmx=True)
            assert (answer.status, answer.errors) == (422, ["repeated"]), (path, name)
    assert portal.list() == before


def test_a_repeated_version_is_refused_even_where_the_first_is_right(portal: Portal, entry_id: int) -> None:
    dana, before = portal.signed_in(), portal.list()
    for path, version in (("", portal.version_of(COVER)), ("/delete", portal.version_of(COVER))):
        answer = dana.post(f"{BASE}/networks/{entry_id}{path}", {"network": COVER, "version": [version, "other"]})
        assert (answer.status, answer.errors) == (422, ["repeated"])
    assert portal.list() == before
