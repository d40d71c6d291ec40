"""An undo token of the time before a restore undoes nothing, though another event may have its number by now."""

from __future__ import annotations

from datetime import timedelta

from tests.support.client import BASE, Portal
from tests.support.quick import events_of
from webapp.settings.allowlist.views.undo import token_of


def test_a_token_is_for_the_event_of_its_moment_only(portal: Portal) -> None:
    portal.set_list("192.0.2.0/24", "203.0.113.0/24")
    dana = portal.signed_in_by_page("dana")
    gone = portal.id_of("192.0.2.0/24")
    form = {"version": portal.version_of("192.0.2.0/24")}
    assert dana.post(f"{BASE}/networks/{gone}/delete", form).status == 303
    deleted = events_of(portal.app, portal.world.halden)[-1]
    for at, status in ((deleted.at - timedelta(microseconds=1), 404), (None, 404), (deleted.at, 303)):
        with portal.app.app_context():
            token = token_of(deleted.id, at)
        assert dana.post(f"{BASE}/networks/restore", {"token": token}).status == status
