"""Many members of an account who are signed in, straight into the tables."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.quick import writing
from webapp.domain.address import parse_address
from webapp.runtime import clock
from webapp.storage.models import Membership, PortalSessionRow, PortalUse, SignIn, User
from webapp.storage.sessions import hash_of, new_id
from webapp.storage.throttle import client_of

_USERS = sa.insert(User).returning(User.id, sort_by_parameter_order=True)


def add_members(app: Flask, account_id: int, count: int, prefix: str = "crowd", hashed: str = "none") -> list[int]:
    """Add so many members to the account, and return their ids."""
    now = clock.now()
    users = [
        {"email": f"{prefix}{number}@crowd.example", "name": f"Crowd {number}", "password_hash": hashed}
        for number in range(count)
    ]
    with writing(app) as connection:
        ids = list(connection.execute(_USERS, [user | {"created_at": now} for user in users]).scalars())
        members = [{"account_id": account_id, "user_id": user_id, "role": "member"} for user_id in ids]
        connection.execute(sa.insert(Membership), members)
    return ids


def sign_in_all(app: Flask, account_id: int, people: list[int], *addresses: str, times: int = 1) -> None:
    """Sign each of the people in so many times, from one of the addresses each; sign-ins and uses are kept, too."""
    now, places = clock.now(), dict(zip(people, cycle(addresses), strict=False))
    same: dict[str, Any] = {"account_id": account_id, "created_at": now, "last_seen_at": now}
    rows = [
        {"id_hash": hash_of(new_id()), "user_id": user_id, "address": address} | same
        for user_id, address in places.items()
        for _ in range(times)
    ]
    kept = [
        {"account_id": account_id, "user_id": user_id, "address": address, "client": address, "last_at": now}
        for user_id, address in places.items()
    ]
    used = [
        {"account_id": account_id, "user_id": user_id, "client": client_of(parse_address(address)), "days": 1}
        | {"addresses": address, "first_at": now, "last_at": now}
        for user_id, address in places.items()
    ]
    with writing(app) as connection:
        connection.execute(sa.insert(PortalSessionRow), rows)
        connection.execute(sa.insert(SignIn), kept)
        connection.execute(sa.insert(PortalUse), used)


def sign_out(app: Flask, *people: int) -> None:
    """Sign people out everywhere."""
    with writing(app) as connection:
        connection.execute(sa.delete(PortalSessionRow).where(PortalSessionRow.user_id.in_(people)))
