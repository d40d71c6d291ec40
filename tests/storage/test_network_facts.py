"""A network comes back with all its facts: from an event that keeps it, and from its row."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.quick import put_list, writing
from tests.support.world import World
from webapp.domain.allowlist import Entry
from webapp.domain.network import parse_network
from webapp.storage import allowlists
from webapp.storage.models import NetworkRow
from webapp.storage.network_facts import entry_of, facts_of

ENTRY = Entry(
    parse_network("203.0.113.0/24"),
    "Office",
    id=41,
    version="a version",
    added_at=datetime(2026, 9, 25, 14, 32, 1, 5, tzinfo=UTC),
    added_by="Dana Kessler",
    added_by_id=7,
    position=19,
    last_sign_in_at=datetime(2026, 10, 1, tzinfo=UTC),
)


def values_of(entry: Entry) -> dict[str, Any]:
    """Return all fields: many of them do not count when entries are compared."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def test_no_field_of_the_sample_has_its_default() -> None:
    values = values_of(ENTRY)
    assert not [field.name for field in fields(Entry) if field.default == values[field.name]]


@pytest.mark.parametrize("entry", [ENTRY, Entry(ENTRY.network)], ids=["all facts", "no facts"])
def test_a_network_comes_back_from_an_event_as_it_was(entry: Entry) -> None:
    kept = {"id": entry.id, "network": entry.network.text, "comment": entry.comment} | facts_of(entry)
    assert values_of(entry_of(kept)) == values_of(replace(entry, id=None, version=""))


def test_a_network_of_an_event_without_facts_has_none() -> None:
    kept = {"id": 41, "network": ENTRY.network.text, "comment": "Office"}
    assert values_of(entry_of(kept)) == values_of(Entry(ENTRY.network, "Office"))


def test_a_network_is_read_from_its_row_with_each_fact_in_its_place(app: Flask, world: World) -> None:
    put_list(app, world.halden, ENTRY.network.text)
    facts = {name: value for name, value in values_of(ENTRY).items() if name != "network"}
    with writing(app) as connection:
        connection.execute(sa.update(NetworkRow).values(facts))
    with app.app_context():
        (entry,) = allowlists.load(world.halden).entries
    assert values_of(entry) == values_of(ENTRY)
