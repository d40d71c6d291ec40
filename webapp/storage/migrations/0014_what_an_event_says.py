"""Events say by which door; a table to find them by network, and one of whole lists to look back from."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TO_USER = "fk_event_user_id"
GONE = 'UPDATE event SET user_id = NULL WHERE user_id NOT IN (SELECT id FROM "user")'


def upgrade() -> None:
    # Who acted stays known when that user goes: no foreign key forgets it. SQLite makes the table anew for that, while
    # no other table refers to it and no trigger is on it; its ids are then never used again.
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("event", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
            batch_op.drop_constraint(batch_op.f(TO_USER), type_="foreignkey")
            batch_op.add_column(sa.Column("door", sa.String(length=8), nullable=True))
            batch_op.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
            batch_op.add_column(sa.Column("keys", sa.JSON(), nullable=True))
    else:
        op.drop_constraint(op.f(TO_USER), "event", type_="foreignkey")
        op.add_column("event", sa.Column("door", sa.String(length=8), nullable=True))
        op.add_column("event", sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
        op.add_column("event", sa.Column("keys", sa.JSON(), nullable=True))
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "event_network",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_network_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "key", name=op.f("pk_event_network")),
    )
    for columns in (["key", "at", "event_id"], ["at", "event_id", "key"]):
        covering = ["account_id", *columns, "user_id", "kind"]
        op.create_index(op.f(f"ix_event_network_{'_'.join(covering)}"), "event_network", covering)
    op.create_table(
        "list_snapshot",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_list_snapshot_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_list_snapshot")),
    )
    op.create_index(op.f("ix_list_snapshot_account_id_event_id"), "list_snapshot", ["account_id", "event_id"])


def downgrade() -> None:
    op.drop_table("list_snapshot")
    op.drop_table("event_network")
    op.execute(GONE)
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_column("keys")
        batch_op.drop_column("weight")
        batch_op.drop_column("door")
        batch_op.create_foreign_key(batch_op.f(TO_USER), "user", ["user_id"], ["id"], ondelete="SET NULL")
