"""Who added a network, by id; and its place among those of the same moment."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("network", sa.Column("added_by_id", sa.Integer(), nullable=True))
    # Workers of the release before, still running, do not set it.
    op.add_column("network", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    # Not in batch mode, which would rebuild SQLite's table without AUTOINCREMENT: ids are never reused.
    op.drop_column("network", "position")
    op.drop_column("network", "added_by_id")
