"""A stranger's application behind the list, asked for by a thousand at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.foreign import Foreign
from tests.support.odd_portal import OddPortal, serves_few
from tests.support.protected import COOKIE, KINDS, Protected, before, protected, require
from tests.support.salvo import ADDRESSES, LEAVING, STAYING, Shot, change_under_way, loaded

MANY = 1_000
CLOSED = {401, 403, 503}
AT_LEISURE = 0.2  # time-outs five times as long as shipped: the answers are judged, on however busy a machine


@pytest.fixture(scope="module", params=KINDS)
def behind(request: pytest.FixtureRequest) -> Iterator[Protected]:
    """The application behind each of the two, which give nobody up soon."""
    require(request.param)
    with protected(request.param, hurry=AT_LEISURE) as found:
        yield found


def test_a_thousand_requests_at_once_are_each_judged_for_themselves(behind: Protected) -> None:
    behind.put_list("127.0.1.0/24")
    behind.application.asked.clear()
    kinds = (("listed", STAYING, behind.cookie("sanne")), ("nobody", STAYING, ""), ("forger", LEAVING, f"{COOKIE}=x"))
    shots = [
        Shot(who, where.format(1 + number % ADDRESSES), f"/{who}/{number}", cookie)
        for number in range(MANY)
        for who, where, cookie in (kinds[number % 3],)
    ]
    with loaded(behind.edge, shots) as salvo:
        salvo.fire()
        answers = Counter(salvo.answers())
    assert answers == {("listed", 200): 334, ("nobody", 401): 333, ("forger", 401): 333}
    assert Counter(path.split("/")[1] for path in behind.application.asked) == {"listed": 334}


def test_nobody_out_gets_a_page_once_the_change_is_answered_whatever_is_under_way(behind: Protected) -> None:
    earlier, later, served = change_under_way(behind, MANY)
    assert earlier.total() + later.total() == MANY
    assert {status for who, status in later if who == "leaving"} <= CLOSED, later
    assert {status for who, status in later if who == "staying"} <= {200, 503}, later
    assert {status for _, status in earlier} <= {200} | CLOSED, earlier
    assert later["staying", 200] > 0
    assert served == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_connection_to_the_portal_is_opened_ahead_of_need(kind: str) -> None:
    """gunicorn waits five seconds for what a new connection will ask: a burst would hold all its threads by those."""
    require(kind)
    with ExitStack() as running:
        odd, application = running.enter_context(OddPortal(serves_few(8))), running.enter_context(Foreign())
        edge = running.enter_context(before(kind, odd.address, application.address))
        shots = [Shot("all", f"127.0.1.{1 + number % ADDRESSES}", f"/{number}") for number in range(300)]
        for _ in range(3):
            with loaded(edge, shots) as salvo:
                salvo.fire()
                assert Counter(salvo.answers()) == {("all", 200): 300}
            assert odd.silent() == 0
