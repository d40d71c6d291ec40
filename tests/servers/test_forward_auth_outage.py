"""A stranger's application behind a portal that is down, hangs, or answers oddly: closed, and not for ever."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.foreign import Foreign
from tests.support.nginx import Edge, Nginx
from tests.support.odd_portal import IDENTITY, Manner, OddPortal, hangs, right, says, sends
from tests.support.patience import wait_until
from tests.support.protected import KINDS, before, protected, require

HURRY = 5
BOUND_S = 10 / HURRY + 25  # on a busy machine; what nobody has set takes nginx 60 s, and Caddy for ever
NOBODY = IDENTITY.replace(b"User: 1", b"User: ")
STATUSES = (200, 201, 206, 300, 302, 304, 404, 429, 500, 502, 503)
ODD: dict[str, Manner] = {
    "hangs": hangs,
    "ends without a word": sends(b""),
    "ends within its head": sends(b"HTTP/1.1 204 No Content\r\nX-Portal-User: 1\r\nX-Po"),
    "ends within its body": sends(b"HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\nhalf of it"),
    "speaks no HTTP": sends(b"\x00\xff\x16\x03\x01 no\r\n\r\n"),
    "speaks without end": sends(b"HTTP/1.1 204 No Content\r\nX-Portal-User: " + b"1" * 3_000_000),
    "204 of nobody": says(204),
    "204 of a nameless": says(204, NOBODY),
} | {
    f"{status} of somebody": says(status, IDENTITY)
    for status in (200, 201, 206, 300, 302, 304, 404, 429, 500, 502, 503)
}


@dataclass
class Odd:
    """The proxy, with a portal behind it that may be odd."""

    edge: Edge
    portal: OddPortal
    application: Foreign

    def ask(self) -> int:
        """Ask for a page, with a cookie; a refusal bears what it has to, and comes in time."""
        began = time.monotonic()
        answer = self.edge.get("/x", headers={"Cookie": "__Host-session=x", "Accept": "text/html"})
        if answer.status != 200:
            assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("5", "no-store")
            assert answer.headers["Location"] is None
        assert time.monotonic() - began < BOUND_S
        return answer.status


@contextmanager
def started(kind: str) -> Iterator[Odd]:
    """Start it, in a hurry."""
    require(kind)
    with ExitStack() as running:
        portal, application = running.enter_context(OddPortal(right)), running.enter_context(Foreign())
        edge = running.enter_context(before(kind, portal.address, application.address, HURRY))
        yield Odd(edge, portal, application)


@pytest.fixture(scope="module", params=KINDS)
def odd(request: pytest.FixtureRequest) -> Iterator[Odd]:
    """Both of them."""
    with started(request.param) as odd:
        yield odd


@pytest.mark.parametrize("manner", ODD)
def test_whatever_is_not_the_portals_yes_is_a_no(odd: Odd, manner: str) -> None:
    wait_until(lambda: odd.ask() == 200)
    served = len(odd.application.asked)
    odd.portal.manner = ODD[manner]
    try:
        with ThreadPoolExecutor(3) as three:
            assert list(three.map(lambda _: odd.ask(), range(3))) == [503] * 3
    finally:
        odd.portal.manner = right
    assert len(odd.application.asked) == served


@pytest.mark.parametrize("kind", KINDS)
def test_one_slow_answer_keeps_nobody_else_out(kind: str) -> None:
    with started(kind) as odd:  # of its own: nginx counts the failures of other tests' portals, too
        wait_until(lambda: odd.ask() == 200)
        odd.portal.manner = hangs
        assert odd.ask() == 503
        odd.portal.manner = right
        assert [odd.ask() for _ in range(5)] == [200] * 5


def test_after_many_failures_it_comes_back_by_itself(odd: Odd) -> None:
    odd.portal.manner = sends(b"")
    assert {odd.ask() for _ in range(60)} == {503}
    odd.portal.manner = right
    wait_until(lambda: odd.ask() == 200)


def test_one_machine_of_three_that_hangs_keeps_few_out_and_not_for_ever() -> None:
    require("nginx")
    with ExitStack() as running:
        hanging, *others = (running.enter_context(OddPortal(manner)) for manner in (hangs, right, right))
        application = running.enter_context(Foreign())
        machines = [one.address for one in (hanging, *others)]
        edge = running.enter_context(Nginx(machines, application=application.address, hurry=HURRY))
        three = Odd(edge, hanging, application)
        with ThreadPoolExecutor(30) as crowd:
            found = Counter(crowd.map(lambda _: three.ask(), range(90)))
        assert set(found) == {200, 503}
        assert found[200] >= 45
        hanging.manner = right
        wait_until(lambda: Counter(three.ask() for _ in range(20)) == {200: 20})


@pytest.mark.parametrize("kind", KINDS)
def test_while_the_portal_is_down_nobody_gets_in(kind: str) -> None:
    require(kind)
    with protected(kind, hurry=HURRY) as behind:
        cookie = behind.cookie()
        assert behind.ask(cookie=cookie).status == 200
        behind.server.stop()
        found = Counter(behind.ask(cookie=cookie).status for _ in range(20))
        answer = behind.ask(cookie=cookie)
        assert found == {503: 20}
        assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("5", "no-store")
        assert behind.application.asked == ["/x"]
        behind.server.start()
        wait_until(lambda: behind.ask(cookie=cookie).status == 200)


@pytest.mark.parametrize("kind", KINDS)
def test_while_the_portal_cannot_reach_its_database_nobody_gets_in(kind: str) -> None:
    require(kind)
    with protected(kind) as behind:
        cookie = behind.cookie()
        Path(behind.app.extensions["engine"].url.database).unlink()
        assert behind.ask(cookie=cookie).status == 503
        assert behind.application.asked == []
