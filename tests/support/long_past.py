"""A long past that a list has come to its present by, straight into the tables, with snapshots where those are due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from webapp.domain.allowlist import Allowlist
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage import snapshots
from webapp.storage.models import Event, ListSnapshot, table_of
from webapp.storage.network_facts import kept

ADDED, DELETED, TURNS = 8, 9, 10  # of ten events: eight edits, then a network that is added and deleted again
Person = tuple[int | None, str]
Kept = dict[str, Any]  # what an event or a snapshot keeps of a network


def add_long_past(
    connection: sa.Connection, account_id: int, present: Allowlist, people: Sequence[Person], count: int, last: datetime
) -> None:
    """Add so many events to an account that has none, a minute apart, after the last of which the list is the present.

    They are by the people in turn: a member's id, or None, and the name. The list has networks.
    """
    state = {one.id or 0: kept(one, with_facts=True) for one in present.entries}
    rows: list[dict[str, Any]] = []
    weight = 0
    for n, (kind, before, after) in enumerate(_changes(list(state.values()), count)):
        _apply(state, before, after)
        networks = len(before) + len(after)
        weight += networks
        user_id, name = people[n % len(people)]
        rows.append(
            {"account_id": account_id, "user_id": user_id, "actor": name, "door": "page" if user_id else "operator"}
            | {"at": last - timedelta(minutes=count - 1 - n), "kind": kind, "weight": weight}
            | {"keys": [key_of(Network.from_canonical((before or after)[0]["network"]))]}
            | {"before": _side(present, n, count, before), "after": _side(present, n + 1, count, after)}
        )
        is_due = snapshots.is_due(weight, networks)
        if is_due or n == count - 1:
            connection.execute(sa.insert(table_of(Event)), rows)
            rows.clear()
        if is_due:
            _keep(connection, account_id, state=_side(present, n + 1, count, list(state.values())))


def _changes(networks: list[Kept], count: int) -> Iterator[tuple[str, list[Kept], list[Kept]]]:
    """Yield kind, before and after of so many changes, after the last of which the networks are as they are."""
    extra = networks[0] | {"network": "192.0.2.255/32", "comment": "For a day"}
    first_id = max(one["id"] for one in networks) + 1
    comments = [one["comment"] for one in networks]
    last = {_edited(n, networks): n for n in range(count) if _kind(n, count) == "edit"}
    for n in range(count):
        kind, added = _kind(n, count), [extra | {"id": first_id + n // TURNS}]
        if kind != "edit":
            before, after = ([], added) if kind == "add" else (added, [])
            yield kind, before, after
        else:
            which = _edited(n, networks)
            named = {name: networks[which][name] for name in ("id", "network")}
            comment = networks[which]["comment"] if last[which] == n else f"Change {n}"
            yield "edit", [named | {"comment": comments[which]}], [named | {"comment": comment}]
            comments[which] = comment


def _kind(n: int, count: int) -> str:
    if n % TURNS == ADDED and n + 1 < count:
        return "add"
    return "delete" if n % TURNS == DELETED else "edit"


def _edited(n: int, networks: Sequence[Kept]) -> int:
    return (n // TURNS * ADDED + n % TURNS) % len(networks)


def _apply(state: dict[int, Kept], before: list[Kept], after: list[Kept]) -> None:
    for one in before:
        if not after:
            del state[one["id"]]
    for one in after:
        state[one["id"]] = state.get(one["id"], {}) | one


def _side(present: Allowlist, n: int, count: int, networks: list[Kept]) -> dict[str, Any]:
    """Return one side of an event: the n-th state of the list, the last of which is the present one."""
    revision = present.revision if n == count else f"past {n}"
    return {"active": present.active, "revision": revision, "networks": networks}


def _keep(connection: sa.Connection, account_id: int, state: dict[str, Any]) -> None:
    newest = sa.select(sa.func.max(Event.id)).where(Event.account_id == account_id).scalar_subquery()
    connection.execute(sa.insert(table_of(ListSnapshot)).values(event_id=newest, account_id=account_id, state=state))
