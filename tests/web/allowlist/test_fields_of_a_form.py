"""A form sets what it asks for: whatever else is sent with it is not stored."""

from __future__ import annotations

from tests.support.client import BASE, Portal
from tests.support.world import OFFICE

FORGED = {
    "id": "4711",
    "account_id": "2",
    "added_by": "Ola Nord",
    "added_by_id": "1",
    "added_at": "2001-01-01T00:00:00+00:00",
    "position": "-9",
    "last_sign_in_at": "2001-01-01",
    "allowlist_active": "1",
    "active": "1",
    "state": "active",
    "role": "owner",
    "user_id": "1",
    "address": OFFICE,
}


def test_a_network_keeps_its_own_facts_whatever_the_form_says(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", {"network": "192.0.2.0/24", "comment": "plain"})
    (plain,) = portal.list().entries
    dana.post(f"{BASE}/networks", {"network": "198.51.100.0/24", "comment": "forged"} | FORGED)
    dana.post(f"{BASE}/networks/{plain.id}", {"network": plain.network.text, "version": plain.version} | FORGED)
    forged, edited = portal.list().entries
    assert (forged.added_by, forged.added_by_id) == ("Dana Kessler", portal.world.users["dana"])
    assert forged.id not in (None, 4711)
    assert str(forged.added_at) > "2002"
    assert (edited.id, edited.added_at, edited.added_by, edited.position, edited.last_sign_in_at) == (
        (plain.id, plain.added_at, plain.added_by, plain.position, plain.last_sign_in_at)
    )
    assert not portal.list().active
    assert portal.networks(portal.world.northwind) == []


def test_no_form_makes_an_owner_of_a_member(portal: Portal) -> None:
    sanne = portal.signed_in("sanne")
    assert sanne.post(f"{BASE}/networks", {"network": "192.0.2.0/24"} | FORGED).status == 403
    assert sanne.post("/logout", FORGED).status == 303
    assert portal.signed_in("sanne").post(f"{BASE}/networks", {"network": "192.0.2.0/24"}).status == 403
    assert portal.networks() == []
