"""The example's pages, tested as their author would: who sees which servers, and from where."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.pages import servers
from tests.support.client import Browser, Portal
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME


def names(browser: Browser) -> list[str]:
    """The servers of the table."""
    return [link.get_text() for link in browser.get("/servers").all("table a")]


def test_it_is_short() -> None:
    assert len(Path(servers.__file__).read_text().splitlines()) < 60


def test_each_account_sees_its_own_servers(portal: Portal) -> None:
    assert names(portal.signed_in("sanne")) == ["halden-web-1", "halden-1"]
    assert names(portal.signed_in("ola")) == ["northwind-lab"]


def test_a_server_has_a_page_that_says_where_its_reader_is(portal: Portal) -> None:
    page = portal.signed_in().get("/servers/101")
    assert (page.status, page.one("h1").get_text()) == (200, "halden-web-1")
    assert HOME in page.one("main").get_text()


@pytest.mark.parametrize("path", ["/servers/201", "/servers/999", "/servers/x"])
def test_another_accounts_server_looks_like_one_that_does_not_exist(portal: Portal, path: str) -> None:
    dana = portal.signed_in()
    assert dana.get(path).status == 404
    assert dana.post(f"{path}/restart").status == 404
    assert "northwind" not in dana.get(path).text


def test_owners_restart_a_server_and_members_do_not(portal: Portal) -> None:
    dana, sanne = portal.signed_in(), portal.signed_in("sanne")
    answer = dana.post("/servers/101/restart")
    assert (answer.status, answer.location) == (303, "/servers/101?restarts=1")
    assert "will restart" in dana.get(answer.location or "").one("[role=status]:not(#live)").get_text()
    assert not sanne.get("/servers/101").all("main form")
    assert sanne.post("/servers/101/restart").status == 403
    assert dana.post("/servers/101/restart", csrf="old").status == 400


def test_the_list_decides_at_the_next_request(portal: Portal) -> None:
    sanne = portal.signed_in("sanne", ELSEWHERE)
    assert sanne.get("/servers").status == 200
    portal.set_list(f"{HOME}/32", active=True)
    assert sanne.get("/servers/101").all("[data-page=blocked]")
    sanne.address = HOME
    assert sanne.get("/servers").location == "/login?next=/servers"


def test_a_warm_page_costs_one_statement(portal: Portal) -> None:
    portal.set_list(f"{HOME}/32", active=True)
    dana = portal.signed_in()
    for path in ("/servers", "/servers/101"):
        dana.get(path)
        with statements(portal.app) as log:
            assert dana.get(path).status == 200
        assert len(log) == 1, log


def test_the_side_bar_says_where_one_is(portal: Portal) -> None:
    dana = portal.signed_in()
    for path, label in {"/": "Overview", "/servers": "Servers", "/servers/101": "Servers"}.items():
        page = dana.get(path)
        links = [link.get_text(strip=True) for link in page.all("nav.side a")]
        assert links == ["Overview", "Servers", "Account settings"]
        assert page.one("nav.side [aria-current]").get_text(strip=True) == label
