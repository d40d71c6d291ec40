"""On SQLite, no row with a network of an event replaces another one by naming its rowid: it gets a rowid of its own.

A primary key of two columns leaves the table a rowid beside it, which OR REPLACE makes room for without a trigger.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Before an insert, -1 stands for a rowid that is not known yet; afterwards none is below 1.
TRIGGERS = {
    "event_network_rowid": "BEFORE INSERT ON event_network WHEN NEW.rowid <> -1",
    "event_network_rowid_known": "AFTER INSERT ON event_network WHEN NEW.rowid < 1",
}


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _drop_triggers()  # A run that was cut off is begun again.
        for name, when in TRIGGERS.items():
            op.execute(
                f"CREATE TRIGGER {name} {when} "
                "BEGIN SELECT RAISE(ABORT, 'events are only added, never changed or deleted'); END"
            )


def _drop_triggers() -> None:
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _drop_triggers()
