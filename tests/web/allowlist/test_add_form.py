"""GET B/networks: the add form, filled from a blocked attempt, and never over what was typed there."""

from urllib.parse import urlencode

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import ELSEWHERE

URL = f"{BASE}/networks"
WISH = {"network": f"{ELSEWHERE}/32", "comment": "Sanne Li"}


def fill(browser: Browser, htmx: bool, **more: str) -> Answer:
    return browser.get(f"{URL}?{urlencode(WISH | more)}", htmx=htmx)


def held(answer: Answer) -> tuple[str, str]:
    return str(answer.one("#add-network")["value"]), str(answer.one("#add-comment")["value"])


def test_the_form_is_filled_and_nothing_is_added(portal: Portal, htmx: bool) -> None:
    answer = fill(portal.signed_in(), htmx)
    assert (answer.status, held(answer)) == (200, (f"{ELSEWHERE}/32", "Sanne Li"))
    assert answer.one("[autofocus]")["id"] == "add-comment"
    assert bool(answer.all("#ip-allowlist")) is not htmx
    assert portal.networks() == []


def test_the_filled_form_adds_what_it_shows(portal: Portal) -> None:
    dana = portal.signed_in()
    form = fill(dana, htmx=False).one("#allowlist-add form")
    fields = {str(field["name"]): field["value"] for field in form.select("input")}
    assert dana.post(str(form["action"]), fields).status == 303
    assert [(entry.network.text, entry.comment) for entry in portal.list().entries] == [(f"{ELSEWHERE}/32", "Sanne Li")]


@pytest.mark.parametrize("typed", [{"network": "10.0.0.0/8"}, {"comment": "half a sen"}])
def test_what_was_typed_stays_and_replacing_it_is_asked_about(portal: Portal, typed: dict[str, str]) -> None:
    dana = portal.signed_in()
    answer = fill(dana, True, **{f"typed_{name}": text for name, text in typed.items()})
    assert held(answer) == (typed.get("network", ""), typed.get("comment", ""))
    assert answer.one("[autofocus]").get_text().startswith("This form holds something")
    replaced = dana.get(str(answer.one("#allowlist-add a.btn")["hx-get"]), htmx=True)
    assert held(replaced) == (f"{ELSEWHERE}/32", "Sanne Li")
    assert not replaced.all("a.btn")


def test_a_form_that_holds_the_same_already_is_not_asked_about(portal: Portal) -> None:
    answer = fill(portal.signed_in(), True, **{f"typed_{name}": text for name, text in WISH.items()})
    assert held(answer) == (f"{ELSEWHERE}/32", "Sanne Li")
    assert answer.one("[autofocus]")["id"] == "add-comment"


def test_whatever_a_link_says_is_shown_as_text(portal: Portal, htmx: bool) -> None:
    dana = portal.signed_in()
    for text in ("", "<b>", "\x00", "\u202e", "x" * 3_000, "é"):
        answer = dana.get(f"{URL}?{urlencode({'network': text, 'comment': text})}", htmx=htmx)
        assert answer.status == 200
        assert held(answer) == (text.replace("\x00", "\ufffd"),) * 2
    assert dana.get(URL).status == 200


def test_a_member_gets_no_form(portal: Portal, htmx: bool) -> None:
    assert fill(portal.signed_in("sanne"), htmx).status == 403
