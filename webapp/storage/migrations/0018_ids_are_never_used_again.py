"""On SQLite, no table gives an id to a second row, and all ids jump after a restore: those of people and accounts, too.

Applications behind the list know people by these ids. PostgreSQL's sequences never go back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = (
    *("account", "user", "membership", "api_token"),
    *("blocked_attempt", "sign_in", "portal_use", "portal_access"),
)
REUSED, NEVER_REUSED = "PRIMARY KEY (id)", "PRIMARY KEY (id AUTOINCREMENT)"
OTHER_TEXT = "UPDATE sqlite_master SET sql = replace(sql, :was, :becomes) WHERE type = 'table' AND name = :table"
# After a restore of an older backup there is one already, which has jumped.
SEQUENCE = (
    'INSERT INTO sqlite_sequence (name, seq) SELECT :table, coalesce(max(id), 0) FROM "{table}" '
    "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :table)"
)


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _write_anew(REUSED, NEVER_REUSED)
        for table in TABLES:
            op.execute(sa.text(SEQUENCE.format(table=table)).bindparams(table=table))


def _write_anew(was: str, becomes: str) -> None:
    """Change how ids are given in the text of the tables alone (https://www.sqlite.org/lang_altertable.html#otheralter).

    The rows stay as they are. Rebuilt, the tables would lose their triggers, and what refers to them.
    """
    connection = op.get_bind()
    schema = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    for table in TABLES:
        op.execute(sa.text(OTHER_TEXT).bindparams(was=was, becomes=becomes, table=table))
    op.execute(f"PRAGMA schema_version = {schema + 1}")  # Whoever has the file open reads the tables' text again.
    op.execute("PRAGMA writable_schema = RESET")


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _write_anew(NEVER_REUSED, REUSED)  # How far the ids have come stays known.
