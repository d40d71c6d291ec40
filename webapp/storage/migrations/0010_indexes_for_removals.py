"""Indexes that find what is too old, of all accounts; and blocked attempts are counted without reading their rows."""

from typing import Any

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_blocked_attempt_account_id_hour_address_count", "blocked_attempt", ["account_id", "hour", "address", "count"]),
    ("ix_sign_in_last_at", "sign_in", ["last_at"]),
)
REPLACED = (("ix_blocked_attempt_account_id_hour", "blocked_attempt", ["account_id", "hour"]),)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _replace()
        return
    # To build one may take minutes, and nobody is to wait for that.
    with op.get_context().autocommit_block():
        _replace(postgresql_concurrently=True)


def _replace(**how: Any) -> None:
    """Build the indexes; a run that was cut off leaves an invalid one behind, and is begun again."""
    for name, table, columns in INDEXES:
        op.drop_index(name, table_name=table, if_exists=True, **how)
        op.create_index(name, table, columns, **how)
    for name, table, _ in REPLACED:
        op.drop_index(name, table_name=table, if_exists=True, **how)


def downgrade() -> None:
    for name, table, columns in REPLACED:
        op.create_index(name, table, columns)
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
