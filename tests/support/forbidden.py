"""SQL that must change nothing of what has happened (R15). `$name` stands for one of PARTS, `:name` for a value."""

from __future__ import annotations

from string import Template

PARTS = {
    "columns": "account_id, user_id, actor, at, kind, before, after, operation",
    "values": "account_id, actor, at, kind, before, after",
    "rest": "actor, at, kind, before, after, 'x' FROM event LIMIT 1",
    "newest": "event_id = (SELECT max(id) FROM event)",
}
ANYWHERE = {
    "event: update": "UPDATE event SET actor = 'nobody'",
    "event: update to the same": "UPDATE event SET actor = actor WHERE kind = 'add'",
    "event: update from": "UPDATE event SET actor = name FROM account WHERE account.id = account_id",
    "event: delete": "DELETE FROM event",
    "event: delete of the account": "DELETE FROM account",
    "event: an id that is there": "INSERT INTO event (id, $values) SELECT id, $values FROM event",
    "event: an operation that is there": "INSERT INTO event ($columns) SELECT $columns FROM event",
    "event: a stranger": "INSERT INTO event ($columns) SELECT account_id, :stranger, $rest",
    "event: a user who is none": "INSERT INTO event ($columns) SELECT account_id, 0, $rest",
    "event: upsert by id": "INSERT INTO event (id, $values) SELECT id, $values FROM event WHERE true "
    "ON CONFLICT (id) DO UPDATE SET actor = 'nobody'",
    "event: upsert by operation": "INSERT INTO event ($columns) SELECT $columns FROM event WHERE true "
    "ON CONFLICT (account_id, user_id, operation) DO UPDATE SET actor = 'nobody'",
    "network: update": "UPDATE event_network SET kind = 'edit'",
    "network: update from": "UPDATE event_network SET kind = event.kind FROM event WHERE event.id = event_id",
    "network: delete": "DELETE FROM event_network",
    "network: one that is there": "INSERT INTO event_network SELECT * FROM event_network WHERE $newest",
    "network: upsert": "INSERT INTO event_network SELECT * FROM event_network WHERE $newest "
    "ON CONFLICT (event_id, key) DO UPDATE SET kind = 'edit'",
    "network: one of an older event": "INSERT INTO event_network (event_id, key, account_id, at, kind) "
    "SELECT min(id), :key, account_id, min(at), 'add' FROM event GROUP BY account_id",
    "snapshot: update": "UPDATE list_snapshot SET state = '{}'",
    "snapshot: update from": "UPDATE list_snapshot SET state = event.after FROM event WHERE event.id = event_id",
    "snapshot: delete": "DELETE FROM list_snapshot",
    "snapshot: one that is there": "INSERT INTO list_snapshot SELECT * FROM list_snapshot WHERE $newest",
    "snapshot: upsert": "INSERT INTO list_snapshot SELECT * FROM list_snapshot WHERE $newest "
    "ON CONFLICT (event_id) DO UPDATE SET state = '{}'",
    "snapshot: one of an older event": "INSERT INTO list_snapshot (event_id, account_id, state) "
    "SELECT min(id), account_id, '{}' FROM event GROUP BY account_id",
}
ON_SQLITE = ANYWHERE | {
    "event: replace by id": "INSERT OR REPLACE INTO event SELECT * FROM event",
    "event: replace by operation": "REPLACE INTO event ($columns) SELECT $columns FROM event",
    "event: replace by rowid": "REPLACE INTO event (rowid, $values) SELECT id, $values FROM event",
    "event: update or replace": "UPDATE OR REPLACE event SET id = 1",
    "event: insert or ignore": "INSERT OR IGNORE INTO event SELECT * FROM event",
    "event: an id that stands for none": "INSERT INTO event (id, $values) SELECT -1, $values FROM event LIMIT 1",
    "network: replace": "REPLACE INTO event_network SELECT * FROM event_network WHERE $newest",
    "network: replace by rowid": "REPLACE INTO event_network (rowid, event_id, key, account_id, at, kind) "
    "SELECT (SELECT min(rowid) FROM event_network), max(id), :key, account_id, max(at), 'add' FROM event",
    "network: a rowid that stands for none": "INSERT INTO event_network (rowid, event_id, key, account_id, at, kind) "
    "SELECT -1, max(id), :key, account_id, max(at), 'add' FROM event",
    "network: update or replace": "UPDATE OR REPLACE event_network SET event_id = 1",
    "snapshot: replace": "REPLACE INTO list_snapshot SELECT * FROM list_snapshot WHERE $newest",
    "snapshot: replace by rowid": "REPLACE INTO list_snapshot (rowid, account_id, state) "
    "SELECT max(event_id), account_id, '{}' FROM list_snapshot",
    "snapshot: update or replace": "UPDATE OR REPLACE list_snapshot SET event_id = 1",
}
ON_POSTGRESQL = ANYWHERE | {
    "event: truncate": "TRUNCATE event, event_network, list_snapshot",
    "event: truncate with what refers to it": "TRUNCATE event CASCADE",
    "event: truncate with the account": "TRUNCATE account CASCADE",
    "event: merge, an id that is there": "MERGE INTO event USING (SELECT * FROM event) AS one ON false "
    "WHEN NOT MATCHED THEN INSERT (id, account_id, actor, at, kind, before, after) "
    "VALUES (one.id, one.account_id, one.actor, one.at, one.kind, one.before, one.after)",
    "event: merge, delete": "MERGE INTO event USING account ON true WHEN MATCHED THEN DELETE",
    "event: merge, update": "MERGE INTO event USING account ON account.id = event.account_id "
    "WHEN MATCHED THEN UPDATE SET actor = 'nobody'",
    "event: delete in a query": "WITH gone AS (DELETE FROM event RETURNING id) SELECT * FROM gone",
    "network: truncate": "TRUNCATE event_network",
    "network: merge, delete": "MERGE INTO event_network USING event ON event.id = event_id WHEN MATCHED THEN DELETE",
    "network: merge, update": "MERGE INTO event_network USING event ON event.id = event_id "
    "WHEN MATCHED THEN UPDATE SET kind = 'edit'",
    "snapshot: truncate": "TRUNCATE list_snapshot",
    "snapshot: merge, delete": "MERGE INTO list_snapshot USING event ON event.id = event_id WHEN MATCHED THEN DELETE",
    "snapshot: merge, update": "MERGE INTO list_snapshot USING event ON event.id = event_id "
    "WHEN MATCHED THEN UPDATE SET state = '{}'",
}
WITHOUT_RIGHT = (
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', true)",
    "SET ROLE portal_owner",
    "ALTER ROLE portal SUPERUSER",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "ALTER TABLE event DISABLE TRIGGER event_update",
    "ALTER TABLE event DROP CONSTRAINT pk_event CASCADE",
    "ALTER TABLE event RENAME TO past",
    "ALTER TABLE event_network DISABLE TRIGGER event_network_delete",
    "ALTER TABLE list_snapshot DISABLE TRIGGER USER",
    "DROP TRIGGER event_update ON event",
    "DROP TRIGGER event_network_delete ON event_network",
    "DROP FUNCTION keep_events() CASCADE",
    "CREATE OR REPLACE FUNCTION keep_events() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER first BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION keep_events()",
    "CREATE RULE quietly AS ON INSERT TO event DO INSTEAD NOTHING",
    "CREATE TEMPORARY TABLE membership AS SELECT account_id, user_id FROM event",
    "CREATE TEMPORARY TABLE event AS SELECT min(id) AS id, min(account_id) AS account_id FROM event",
)
"""What would switch that off, on PostgreSQL, for a role that has the right."""


def spelled_out(text: str) -> str:
    """Return the statement with its parts."""
    return Template(text).substitute(PARTS)
