"""Adding what a tool beside the list offers: the answer goes to the tool, and the add form stays as it is."""

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.world import ELSEWHERE

URL = f"{BASE}/networks"
COVER, NETWORK, COMMENT = "203.0.113.0/24", f"{ELSEWHERE}/32", "Sanne Li"
PLACE = {"HX-Target": "blocked-1"}


def adds_there(browser: Browser, *, htmx: bool = True, csrf: str | None = None, **more: str) -> Answer:
    fields = {"return": "there", "network": NETWORK, "comment": COMMENT} | more
    return browser.post(URL, fields, htmx=htmx, csrf=csrf, headers=PLACE if htmx else {})


def test_the_network_is_added_with_its_comment_and_the_tool_says_so(portal: Portal) -> None:
    portal.set_list(COVER)
    answer = adds_there(portal.signed_in())
    assert answer.status == 200
    assert answer.one("#blocked-1 #blocked-1-end[tabindex]").get_text() == "On the list"
    assert not answer.all("#allowlist-add")
    assert "Added 198.51.100.201/32. 2 networks." in answer.text
    assert next((entry.network.text, entry.comment) for entry in portal.list().entries) == (NETWORK, COMMENT)


def test_without_htmx_a_notice_says_it(portal: Portal) -> None:
    portal.set_list(COVER)
    dana = portal.signed_in()
    assert adds_there(dana, htmx=False).status == 303
    assert "Added 198.51.100.201/32." in dana.page().one(".notice").get_text()


@pytest.mark.parametrize(
    ("network", "code"), [(COVER, "duplicate"), ("office", "hostname"), ("0.0.0.0/0", "confirm_wide")]
)
def test_what_is_refused_is_said_there_with_the_button(portal: Portal, network: str, code: str) -> None:
    portal.set_list(COVER)
    answer = adds_there(portal.signed_in(), network=network)
    assert answer.status == 422
    assert answer.one("#blocked-1.refused > .refusal[autofocus]")["data-error"] == code
    assert answer.one("#blocked-1 [name=network]")["value"] == network
    assert not answer.all("#allowlist-add")
    assert portal.networks() == [COVER]


def test_an_old_form_is_fresh_again_there(portal: Portal) -> None:
    answer = adds_there(portal.signed_in(), csrf="old")
    assert (answer.status, answer.refused) == (400, "csrf")
    assert answer.one("#blocked-1 [name=csrf_token]")
    assert portal.networks() == []


def test_without_htmx_a_refused_network_stands_in_the_add_form(portal: Portal) -> None:
    portal.set_list(COVER)
    answer = adds_there(portal.signed_in(), htmx=False, network=COVER)
    assert answer.status == 422
    assert (answer.value("network"), answer.value("comment")) == (COVER, COMMENT)


def test_where_the_answer_goes_is_shown_as_text(portal: Portal) -> None:
    portal.set_list(COVER)
    fields = {"return": "there", "network": NETWORK, "comment": "<b>"}
    answer = portal.signed_in().post(URL, fields, htmx=True, headers={"HX-Target": '"><script>'})
    assert not answer.all("script, b")


def test_a_member_adds_nothing(portal: Portal) -> None:
    assert adds_there(portal.signed_in("sanne")).status == 403
    assert portal.networks() == []
