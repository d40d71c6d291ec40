"""Indexes for lists that may be long: the last ones of an account, without a walk through all of them."""

from typing import Any

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_blocked_attempt_account_id_hour", "blocked_attempt", ["account_id", "hour"]),
    ("ix_blocked_attempt_hour", "blocked_attempt", ["hour"]),
    ("ix_event_account_id_id", "event", ["account_id", "id"]),
    ("ix_event_account_id_kind_id", "event", ["account_id", "kind", "id"]),
    ("ix_membership_account_id_role_id", "membership", ["account_id", "role", "id"]),
    ("ix_sign_in_account_id_last_at", "sign_in", ["account_id", "last_at"]),
    ("ix_sign_in_user_id_client", "sign_in", ["user_id", "client"]),
)
REPLACED = (("ix_event_account_id", "event", ["account_id"]), ("ix_sign_in_user_id", "sign_in", ["user_id"]))


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _replace()
        return
    # To build one may take minutes, and nobody is to wait for that.
    with op.get_context().autocommit_block():
        # It waits for every transaction that is open, a backup's too; and nobody waits for it.
        op.execute("SET lock_timeout = 0")
        _replace(postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


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
