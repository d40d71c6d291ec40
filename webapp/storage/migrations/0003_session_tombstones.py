"""Why portal sessions were ended."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_tombstone",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_session_tombstone_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user.id"], name=op.f("fk_session_tombstone_ended_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_session_tombstone")),
    )
    op.create_index(op.f("ix_session_tombstone_ended_at"), "session_tombstone", ["ended_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_session_tombstone_ended_at"), table_name="session_tombstone")
    op.drop_table("session_tombstone")
