"""A network as an event keeps it once it is added or removed: with all its facts, as JSON (R16)."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, get_type_hints

from webapp.domain.allowlist import Entry
from webapp.domain.network import Network

_OF_THE_ROW = {"network", "comment", "id", "version"}  # an event keeps them of every network, or they are made anew
FACTS = tuple(field.name for field in fields(Entry) if field.name not in _OF_THE_ROW)
MOMENTS = frozenset(name for name, hint in get_type_hints(Entry).items() if hint == datetime | None)


def facts_of(entry: Entry) -> dict[str, Any]:
    """Return what an event records of an added or removed network, besides network and comment."""
    facts = {name: getattr(entry, name) for name in FACTS}
    return {name: fact.isoformat() if isinstance(fact, datetime) else fact for name, fact in facts.items()}


def kept(entry: Entry, *, with_facts: bool) -> dict[str, Any]:
    """Return what an event or a snapshot keeps of a network."""
    named = {"id": entry.id, "network": entry.network.text, "comment": entry.comment}
    return named | facts_of(entry) if with_facts else named


def entry_of(kept: dict[str, Any]) -> Entry:
    """Return the network that an event has kept; a fact that an older release did not record has its default."""
    facts = {name: kept[name] for name in FACTS if name in kept}
    moments = {name: datetime.fromisoformat(facts[name]) for name in facts.keys() & MOMENTS if facts[name]}
    return Entry(Network.from_canonical(kept["network"]), kept["comment"], **(facts | moments))
