"""Facts of networks that events of older releases did not keep: those of the event that added the network (R16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage.engine.database import db
from webapp.storage.models import Event, EventNetwork, table_of

_event, _network = table_of(Event).c, table_of(EventNetwork).c
_WITH = (
    sa.select(_event.id, _event.at, _event.actor, _event.user_id, _event.before, _event.after)
    .join(table_of(EventNetwork), _network.event_id == _event.id)
    .where(_network.account_id == sa.bindparam("of"), _network.key == sa.bindparam("key"))
    .where(_network.event_id <= sa.bindparam("last"))
    .order_by(_network.at, _network.event_id)
    .limit(100)
)


def facts_at_addition(account_id: int, networks: Mapping[int, str], last: int) -> dict[int, dict[str, Any]]:
    """Return the facts of the networks (text by id) that were on the account's list before its event `last` or by it.

    One whose addition no event knows is left out.
    """
    found = ((key, _facts(account_id, key, text, last)) for key, text in networks.items())
    return {key: facts for key, facts in found if facts}


def _facts(account_id: int, key: int, text: str, last: int) -> dict[str, Any]:
    was = text
    while was:
        asked = {"of": account_id, "key": key_of(Network.from_canonical(was)), "last": last}
        text, was = was, ""
        for row in db.session.execute(_WITH, asked).all():
            before, after = ({one["id"]: one for one in side["networks"]} for side in (row.before, row.after))
            if key in after and key not in before:
                adder = {"added_at": row.at.isoformat(), "added_by": row.actor, "added_by_id": row.user_id}
                return adder | {"position": key}
            if key in after and before[key]["network"] != text:  # It was another network until then.
                was, last = before[key]["network"], row.id - 1
                break
    return {}
