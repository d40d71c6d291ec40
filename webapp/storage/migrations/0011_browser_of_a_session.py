"""Which browser a portal session was started in, in words."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Sessions of before, and of workers of before that still run, have none.
    op.add_column("portal_session", sa.Column("browser", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("portal_session", "browser")
