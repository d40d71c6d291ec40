"""Lists that may be very long are counted, and shown in part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.support import large
from tests.support.client import BASE, Portal
from tests.support.quick import writing
from tests.support.world import NAMES
from webapp.runtime import clock
from webapp.storage import uses
from webapp.storage.models import BlockedAttempt, Membership, PortalUse


def test_twenty_owners_are_named_and_the_others_counted(portal: Portal) -> None:
    people = large.crowd(portal.app, 1_232)
    owners = ({"account_id": portal.world.halden, "user_id": user, "role": "owner"} for user in people)
    with writing(portal.app) as connection:
        large.insert(connection, Membership, owners)
    sanne = portal.signed_in("sanne")
    for path, named in ((BASE, "#ip-allowlist"), ("/account/settings", "main")):
        text = sanne.get(path).one(named).get_text()
        assert text.count("Person ") == 18
        assert f"{NAMES['dana']}, {NAMES['mara']}, Person " in text
        assert " and 1,214 more" in text


def test_blocked_attempts_are_counted_and_five_of_them_shown(portal: Portal, time: Clock) -> None:
    sanne = portal.world.users["sanne"]
    rows = next(iter(large.blocked_attempts(portal.world.halden, [0, sanne], 1_234, time.now())))[1]
    with writing(portal.app) as connection:
        large.insert(connection, BlockedAttempt, iter(rows))
    card = portal.signed_in().get(f"{BASE}/blocked", htmx=True).one("#allowlist-blocked")
    assert len(card.select(".people li")) == 5
    text = card.get_text(" ", strip=True)
    assert "1,234 in the last 14 days, most from 2001:db8:" in text
    assert "5 of 1,234 shown. Earlier ones are found by their reference" in text


@pytest.mark.parametrize(("many", "said"), [(39, False), (47, True)])
def test_the_latest_uses_are_looked_at_and_the_others_counted(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, many: int, said: bool
) -> None:
    monkeypatch.setattr(uses, "LOOKED_AT", 40)
    now, people = clock.now(), large.crowd(portal.app, many)
    of = {"account_id": portal.world.halden, "client": "2001:db8:7::/64", "addresses": "2001:db8:7::9", "days": 1}
    moments = (now - timedelta(days=1, seconds=n) for n in range(many))
    rows = [of | {"user_id": user, "first_at": at, "last_at": at} for user, at in zip(people, moments, strict=True)]
    with writing(portal.app) as connection:
        members = ({"account_id": portal.world.halden, "user_id": user, "role": "member"} for user in people)
        large.insert(connection, Membership, members)
        large.insert(connection, PortalUse, iter(rows))
    question = portal.signed_in().get(f"{BASE}/activate", htmx=True)
    text = " ".join(question.one(".people").get_text(" ").split())
    assert text.startswith("2001:db8:7::/64 Person 38, 1 day" if not said else "2001:db8:7::/64 Person 46, 1 day")
    assert "and 36 more" in text or "and 37 more" in text
    assert ("only the latest 10,000 were looked at, not 7 earlier ones" in " ".join(question.text.split())) == said
