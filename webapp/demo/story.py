"""The demo's story: who is who and what has happened, each so long before the moment of seeding.

Halden lists its networks and works with an active list for twelve days. Yesterday Mara lifted it, because Dana is to
work at home again, and Dana deleted the warehouse, which has moved. Northwind has a list that it has never activated.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from webapp.demo.bar import PLACES

HALDEN, NORTHWIND = "Halden Freight", "Northwind Labs"
DANA, MARA, SANNE, ILYA = (f"{name}@halden.example" for name in ("dana", "mara", "sanne", "ilya"))
OLA, TIMO = "ola@northwind.example", "timo@northwind.example"
PEOPLE = {
    HALDEN: (
        (DANA, "Dana Kessler", "owner"),
        (MARA, "Mara Osei", "owner"),
        (SANNE, "Sanne Li", "member"),
        (ILYA, "Ilya Brandt", "member"),
    ),
    NORTHWIND: (
        (OLA, "Ola Berg", "owner"),
        (TIMO, "Timo Vale", "member"),
    ),
}
ALSO_IN = {TIMO: HALDEN}  # as a member; signing in opens the first account that lets the address in
NETWORKS = {
    HALDEN: (
        ("198.51.100.77/32", "CI runner bastion"),
        ("2001:db8:40::/48", "Corporate VPN (IPv6)"),
        ("192.0.2.16/28", "Corporate VPN"),
        ("198.51.100.0/25", "Office"),
    ),
    NORTHWIND: (("198.51.100.77/32", "CI runner bastion"),),
}
CREATED, LISTED = timedelta(days=60), timedelta(days=57)
ACTIVATED, LIFTED = timedelta(days=13), timedelta(days=1)
BLOCKED = {2: 14, 3: 5, 4: 9, 5: 1, 7: 3, 9: 4, 11: 1, 12: 2}  # attempts at Halden, by days ago
BLOCKED_AT = ((SANNE, PLACES["Elsewhere"]), (SANNE, PLACES["Elsewhere"]), (ILYA, "2001:db8:77::5"))  # in turn
BETWEEN_ATTEMPTS = timedelta(minutes=7)


class Change(NamedTuple):
    """An owner changed Halden's list from an address: its state, or a network and its comment."""

    email: str
    address: str
    ago: timedelta
    kind: str
    network: str = ""
    comment: str = ""


CHANGES = (  # in their order
    Change(MARA, PLACES["VPN"], timedelta(days=41), "add", "192.0.2.128/25", "Warehouse"),
    Change(MARA, PLACES["VPN"], timedelta(days=24), "edit", "192.0.2.128/25", "Warehouse, until it moves"),
    Change(DANA, PLACES["Office"], timedelta(days=18), "edit", "198.51.100.0/25", "Rotterdam office"),
    Change(DANA, PLACES["Office"], ACTIVATED, "activate"),
    Change(MARA, PLACES["VPN"], LIFTED, "deactivate"),
    Change(DANA, PLACES["Office"], timedelta(hours=20), "delete", "192.0.2.128/25"),
)


class SignIn(NamedTuple):
    """Somebody signed in from an address; whoever was `seen` since then is signed in still, in that browser."""

    email: str
    address: str
    ago: timedelta
    seen: timedelta = timedelta()
    browser: str = ""


SIGN_INS = {
    HALDEN: (
        SignIn(DANA, PLACES["Home"], timedelta(days=20)),
        SignIn(MARA, PLACES["VPN"], timedelta(days=19)),
        SignIn(DANA, PLACES["Office"], ACTIVATED + timedelta(minutes=12)),
        SignIn(ILYA, PLACES["IPv6"], timedelta(days=6)),
        SignIn(SANNE, PLACES["Office"], timedelta(days=4)),
        SignIn(MARA, PLACES["VPN"], LIFTED + timedelta(minutes=20)),
    ),
    NORTHWIND: (
        SignIn(TIMO, PLACES["Elsewhere"], timedelta(days=3)),
        SignIn(OLA, PLACES["Home"], timedelta(days=1)),
    ),
}
SIGNED_IN = {
    HALDEN: (
        SignIn(SANNE, PLACES["Office"], timedelta(hours=5), timedelta(minutes=48), "Edge on Windows"),
        SignIn(DANA, PLACES["Office"], timedelta(hours=4), timedelta(minutes=70), "Chrome on macOS"),
        SignIn(MARA, PLACES["Office"], timedelta(hours=3), timedelta(minutes=2), "Firefox on Windows"),
        SignIn(ILYA, PLACES["IPv6"], timedelta(hours=2), timedelta(minutes=12), "Firefox on Linux"),
        SignIn(SANNE, PLACES["Elsewhere"], timedelta(minutes=50), timedelta(minutes=6), "Safari on iPhone"),
    ),
    NORTHWIND: (SignIn(TIMO, PLACES["Home"], timedelta(hours=1), timedelta(minutes=9), "Chrome on ChromeOS"),),
}


def accounts_of(email: str, first: str) -> str:
    """Return the person's accounts in words."""
    return f"{first} and {ALSO_IN[email]}" if email in ALSO_IN else first
