"""Events of before get their door, their networks and snapshots; then nobody changes or deletes an event (R15).

`account remove` does, with the role that owns the tables: see `webapp/storage/append_only.py`. A migration that must
change events drops these triggers first, and makes them again; so does one that rebuilds their tables on SQLite.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BATCH = 1_000
APART = 2_000  # networks of events between two snapshots
LIST_KINDS = ("add", "edit", "delete", "activate", "deactivate", "import", "restore", "repair")
FACTS = ("added_at", "added_by", "added_by_id", "position", "last_sign_in_at")
INDEXES = {
    "ix_event_account_id_at_id": ["account_id", "at", "id"],
    "ix_event_account_id_user_id_at_id": ["account_id", "user_id", "at", "id"],
    "ix_event_account_id_kind_at_id": ["account_id", "kind", "at", "id"],
}
DOOR = """
    UPDATE event SET door = CASE
        WHEN user_id IS NULL AND address IS NULL AND actor = 'operator' THEN 'operator'
        WHEN user_id IS NOT NULL AND kind = 'import' AND actor LIKE '% (API token "%")' THEN 'api'
        WHEN user_id IS NOT NULL AND actor NOT LIKE '% (API token "%")' THEN 'page'
    END WHERE door IS NULL AND id BETWEEN :first AND :last
"""
moment = sa.DateTime(timezone=True)
event = sa.table(
    "event",
    *map(sa.column, ("id", "account_id", "user_id", "kind")),
    sa.column("at", moment),
    *(sa.column(side, sa.JSON()) for side in ("before", "after")),
)
event_network = sa.table(
    "event_network",
    *map(sa.column, ("event_id", "key", "account_id", "user_id", "kind")),
    sa.column("at", moment),
)
snapshot = sa.table("list_snapshot", *map(sa.column, ("event_id", "account_id")), sa.column("state", sa.JSON()))
account = sa.table("account", *map(sa.column, ("id", "allowlist_active", "allowlist_revision")))
network = sa.table(
    "network",
    *map(sa.column, ("id", "account_id", "network", "comment", "added_by", "added_by_id", "position")),
    *(sa.column(name, moment) for name in ("added_at", "last_sign_in_at")),
)

REFUSE = "events are only added, never changed or deleted"
# `session_user`: what a foreign key deletes, PostgreSQL deletes as the table's owner.
KEEP = f"""
CREATE OR REPLACE FUNCTION keep_events() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.account_id::text = current_setting('portal.removed_account', true) AND pg_has_role(
            session_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER'
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSE}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""  # noqa: S608 - words of ours
OF_MEMBER = "EXISTS (SELECT 1 FROM membership WHERE account_id = NEW.account_id AND user_id = NEW.user_id)"
NEWEST = "(SELECT max(id) FROM event WHERE account_id = NEW.account_id)"
NO_MEMBER, NOT_NEWEST = "an event is a member''s or nobody''s", "only the newest event gets what belongs to it"
ADD = f"""
CREATE OR REPLACE FUNCTION add_event() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.user_id IS NOT NULL AND NOT {OF_MEMBER} THEN
        RAISE EXCEPTION '{NO_MEMBER}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
ADD_TO_EVENT = f"""
CREATE OR REPLACE FUNCTION add_to_event() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.event_id IS DISTINCT FROM {NEWEST} THEN
        RAISE EXCEPTION '{NOT_NEWEST}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
# With the event, and by its own statement: what an event is about is found as soon as it is there.
KEYS = "INSERT INTO event_network (event_id, key, account_id, at, user_id, kind) SELECT"
OF_KEYS = "NEW.id, one.value, NEW.account_id, NEW.at, NEW.user_id, NEW.kind FROM"
ADD_NETWORKS = f"""
CREATE OR REPLACE FUNCTION add_networks_of_event() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    {KEYS} {OF_KEYS} json_array_elements_text(NEW.keys) AS one(value);
    RETURN NULL;
END $$
"""
FILL = "AFTER INSERT ON event FOR EACH ROW WHEN (NEW.keys IS NOT NULL) EXECUTE FUNCTION add_networks_of_event()"
TABLES = ("event", "event_network", "list_snapshot")
ON_POSTGRESQL = {
    "insert": "BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {add}()",
    "update": "BEFORE UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION keep_events()",
    "delete": "BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_events()",
    "truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION keep_events()",
}
# OR REPLACE deletes what is in the way without firing a trigger: what is there is asked for before.
THERE = {
    "event": "EXISTS (SELECT 1 FROM event WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM event WHERE "
    "account_id = NEW.account_id AND user_id = NEW.user_id AND operation = NEW.operation)",
    "event_network": "EXISTS (SELECT 1 FROM event_network WHERE event_id = NEW.event_id AND key = NEW.key)",
    "list_snapshot": "EXISTS (SELECT 1 FROM list_snapshot WHERE event_id = NEW.event_id)",
}


def _on_sqlite(table: str) -> Iterator[tuple[str, str]]:
    def refuse(when: str, said: str) -> str:
        return f"{when} BEGIN SELECT RAISE(ABORT, '{said}'); END"

    yield "there", refuse(f"BEFORE INSERT ON {table} WHEN {THERE[table]}", REFUSE)
    yield "update", refuse(f"BEFORE UPDATE ON {table}", REFUSE)
    yield "delete", refuse(f"BEFORE DELETE ON {table}", REFUSE)
    if table == "event":
        yield "member", refuse(f"BEFORE INSERT ON event WHEN NEW.user_id IS NOT NULL AND NOT {OF_MEMBER}", NO_MEMBER)
        # Before an insert, -1 stands for an id that is not known yet.
        yield "id", refuse("AFTER INSERT ON event WHEN NEW.id < 1", "an event's id is positive".replace("'", "''"))
        yield "networks", f"AFTER INSERT ON event BEGIN {KEYS} {OF_KEYS} json_each(NEW.keys) AS one; END"
    else:
        yield "newest", refuse(f"BEFORE INSERT ON {table} WHEN NEW.event_id IS NOT {NEWEST}", NOT_NEWEST)


def upgrade() -> None:
    # In small transactions, and nobody waits for them. A run that was cut off is begun again: nothing is done twice.
    on_sqlite = op.get_context().dialect.name == "sqlite"
    with op.get_context().autocommit_block():
        _drop_triggers()
        _fill(op.get_bind())
        if not on_sqlite:  # To build an index waits for every transaction that is open; nobody waits for it.
            op.execute("SET lock_timeout = 0")
        how: dict[str, Any] = {} if on_sqlite else {"postgresql_concurrently": True}
        for name, columns in INDEXES.items():
            op.drop_index(name, table_name="event", if_exists=True, **how)
            op.create_index(name, "event", columns, **how)
        if not on_sqlite:
            op.execute("RESET lock_timeout")
    _create_triggers(on_sqlite)


def _create_triggers(on_sqlite: bool) -> None:
    if on_sqlite:
        for table in TABLES:
            for name, how_it_is in _on_sqlite(table):
                op.execute(f"CREATE TRIGGER {table}_{name} {how_it_is}")
        return
    for function in (KEEP, ADD, ADD_TO_EVENT, ADD_NETWORKS):
        op.execute(function)
    op.execute(f"CREATE TRIGGER event_networks {FILL}")
    for table in TABLES:
        for name, how_it_is in ON_POSTGRESQL.items():
            add = "add_event" if table == "event" else "add_to_event"
            op.execute(f"CREATE TRIGGER {table}_{name} {how_it_is.format(table=table, add=add)}")


def _fill(connection: sa.Connection) -> None:
    newest = connection.execute(sa.select(sa.func.max(event.c.id))).scalar_one() or 0
    for first in range(1, newest + 1, BATCH):
        connection.execute(sa.text(DOOR), {"first": first, "last": first + BATCH - 1})
        _fill_networks(connection, first)
    for (account_id,) in connection.execute(sa.select(account.c.id)).all():
        _fill_snapshots(connection, account_id)


def _fill_networks(connection: sa.Connection, first: int) -> None:
    rows = [
        {"event_id": one.id, "key": key, "account_id": one.account_id}
        | {"at": one.at, "user_id": one.user_id, "kind": one.kind}
        for one in connection.execute(sa.select(event).where(event.c.id.between(first, first + BATCH - 1)))
        for key in {_key(kept["network"]) for side in (one.before, one.after) for kept in side.get("networks", ())}
        if key
    ]
    if rows:
        new = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(new(event_network).on_conflict_do_nothing(), rows)


def _key(text: str) -> str:
    """Return family, first address and prefix, in hexadecimal digits; nothing for what is no network."""
    try:
        found = ip_network(text)
    except ValueError:
        return ""
    return (bytes([found.version]) + found.network_address.packed + bytes([found.prefixlen])).hex()


def _fill_snapshots(connection: sa.Connection, account_id: int) -> None:
    """Walk back from the present list, and keep the list of then each time the events had so many networks."""
    newest = sa.select(sa.func.max(event.c.id)).where(event.c.account_id == account_id).scalar_subquery()
    joined = account.outerjoin(network, network.c.account_id == account.c.id)
    rows = connection.execute(sa.select(newest, account, network).select_from(joined).where(account.c.id == account_id))
    found = rows.all()
    if not found or found[0][0] is None:
        return
    last, _, active, revision = found[0][:4]
    networks = {row[4]: _kept(row) for row in found if row[4] is not None}
    passed = 0
    for one in _backwards(connection, account_id, last):
        if passed >= APART:
            state = {"active": active, "revision": revision, "networks": list(networks.values())}
            known = sa.select(snapshot.c.event_id).where(snapshot.c.event_id == one.id)
            if connection.execute(known).first() is None:
                values = {"event_id": one.id, "account_id": account_id, "state": state}
                connection.execute(sa.insert(snapshot).values(**values))
            passed = 0
        passed += max(1, len(one.before["networks"]) + len(one.after["networks"]))
        active, revision = one.before["active"], one.before["revision"]
        _undo(networks, one.before, one.after)


def _kept(row: Any) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in FACTS}
    kept = {"id": row[4], "network": row.network, "comment": row.comment}
    return kept | {name: fact.isoformat() if hasattr(fact, "isoformat") else fact for name, fact in facts.items()}


def _backwards(connection: sa.Connection, account_id: int, last: int) -> Iterator[Any]:
    query = sa.select(event).where(event.c.account_id == account_id, event.c.kind.in_(LIST_KINDS))
    while rows := connection.execute(query.where(event.c.id <= last).order_by(event.c.id.desc()).limit(BATCH)).all():
        yield from rows
        last = rows[-1].id - 1


def _undo(networks: dict[int, dict[str, Any]], before: dict[str, Any], after: dict[str, Any]) -> None:
    old, new = ({one["id"]: one for one in side["networks"]} for side in (before, after))
    for key in new.keys() - old.keys():
        networks.pop(key, None)
    for key, one in old.items():
        networks[key] = (networks.get(key, {}) | one) if key in new else one


def _drop_triggers() -> None:
    on_sqlite = op.get_context().dialect.name == "sqlite"
    for table in TABLES:
        for name in (name for name, _ in _on_sqlite(table)) if on_sqlite else ON_POSTGRESQL:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{'' if on_sqlite else f' ON {table}'}")
    if not on_sqlite:
        op.execute("DROP TRIGGER IF EXISTS event_networks ON event")


def downgrade() -> None:
    _drop_triggers()
    if op.get_context().dialect.name != "sqlite":
        for function in ("keep_events", "add_event", "add_to_event", "add_networks_of_event"):
            op.execute(f"DROP FUNCTION IF EXISTS {function}()")
    for name in INDEXES:
        op.drop_index(name, table_name="event")
