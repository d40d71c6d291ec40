"""Answers to one change over HTMX stay small, however long the list is."""

import gzip

import pytest

from tests.support.client import BASE, Answer, Portal
from tests.support.quick import put_list
from tests.support.world import HOME

BUDGET = 4 * 1024
MINE, OTHER, NEW = "203.0.113.0/24", "198.51.100.0/24", "192.0.2.7/32"
MANY = [f"10.{number // 250}.{number % 250}.0/24" for number in range(997)]


@pytest.fixture
def dana(portal: Portal) -> "Dana":
    """Dana with a list as long as it may be, less one."""
    return Dana(portal)


class Dana:
    """Dana, who changes her list over HTMX."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.browser = portal, portal.signed_in()
        self.lists(active=True)

    def lists(self, *, active: bool, mine: bool = True) -> None:
        """Begin with such a list."""
        networks = [*MANY, OTHER, *([MINE] if mine else [])]
        self.rows = put_list(self.portal.app, self.portal.world.halden, *networks, active=active)

    def posts(self, path: str, **fields: str) -> Answer:
        """Post a form; the change is made, and the answer to it is small."""
        before = self.portal.list().revision
        answer = self.browser.post(BASE + path, fields, htmx=True)
        assert answer.status == 200, (path, answer.errors, answer.refused)
        assert self.portal.list().revision != before
        assert (size := len(gzip.compress(answer.text.encode()))) <= BUDGET, (path, size)
        return answer

    def of_row(self, listed: str, verb: str = "", **fields: str) -> Answer:
        """Post the form of a row."""
        row = self.rows[listed]
        return self.posts(f"/networks/{row.id}{verb}", version=row.version, **fields)


def test_of_adding_deleting_and_undoing(dana: Dana) -> None:
    dana.posts("/networks", network=NEW, comment="Rotterdam")
    token = dana.of_row(OTHER, "/delete").value("token")
    dana.posts("/networks/restore", token=token)
    dana.of_row(MANY[0], network="10.200.0.0/24", comment="Amsterdam")


@pytest.mark.parametrize("network", [NEW, "2001:db8:1234:5678::/64"])
def test_of_adding_where_nothing_is_compressed(dana: Dana, network: str) -> None:
    answer = dana.posts("/networks", network=network, comment="The Rotterdam office")
    assert len(answer.text.encode()) <= BUDGET


@pytest.mark.parametrize("then", ["add_current", "deactivate"])
def test_of_the_ways_out(dana: Dana, then: str) -> None:
    dana.of_row(MINE, "/delete", then=then)
    dana.lists(active=True)
    dana.of_row(MINE, network=NEW, comment="", then=then)


def test_of_activating_and_deactivating(dana: Dana) -> None:
    dana.posts("/deactivate")
    dana.posts("/activate", version=dana.portal.list().revision)
    dana.lists(active=False, mine=False)
    answer = dana.posts("/activate", version=dana.portal.list().revision, add_current="1")
    assert f'data-network="{HOME}/32"' in answer.text


def test_of_adding_what_the_question_offers(dana: Dana) -> None:
    dana.lists(active=False)
    dana.posts("/networks", **{"network": NEW, "comment": "", "return": "activate"})
