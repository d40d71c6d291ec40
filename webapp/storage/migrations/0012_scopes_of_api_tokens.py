"""What an API token may do, and the owner whom it acts for (R18)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OWNER, RULE = "ck_api_token_owner", "scopes = 'read' OR owner_id IS NOT NULL"
TO_USER = "fk_api_token_owner_id"
ENDED = """
    DELETE FROM api_token WHERE owner_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM membership JOIN "user" ON "user".id = membership.user_id
        WHERE membership.account_id = api_token.account_id AND membership.user_id = api_token.owner_id
        AND membership.role = 'owner' AND "user".disabled_at IS NULL
    )
"""


def upgrade() -> None:
    # Tokens of before, and those that the code of before makes meanwhile, may read, and are nobody's.
    # SQLite makes the table anew, as it adds no constraint alone: nothing refers to it, and no trigger is on it.
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.add_column(sa.Column("scopes", sa.String(length=80), server_default="read", nullable=False))
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f(TO_USER), "user", ["owner_id"], ["id"], ondelete="CASCADE")
        batch_op.create_check_constraint(batch_op.f(OWNER), RULE)


def downgrade() -> None:
    op.execute(ENDED)  # the code of before would let them read again
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.drop_constraint(batch_op.f(OWNER), type_="check")
        batch_op.drop_constraint(batch_op.f(TO_USER), type_="foreignkey")
        batch_op.drop_column("owner_id")
        batch_op.drop_column("scopes")
