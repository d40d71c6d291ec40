"""References of blocked attempts with an address and a time of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing is moved: what was recorded before keeps its reference in its own row, and is found there.
    # Workers of before, still running, give no last address.
    op.add_column("blocked_attempt", sa.Column("last_address", sa.String(length=39), nullable=True))
    op.create_table(
        "blocked_reference",
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=39), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 20", name=op.f("ck_blocked_reference_number")),
        sa.CheckConstraint("count > 0", name=op.f("ck_blocked_reference_count")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["blocked_attempt.id"], name=op.f("fk_blocked_reference_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_blocked_reference")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_blocked_reference_attempt_id_number")),
        sa.UniqueConstraint("attempt_id", "address", name=op.f("uq_blocked_reference_attempt_id_address")),
    )


def downgrade() -> None:
    op.drop_table("blocked_reference")
    op.drop_column("blocked_attempt", "last_address")
