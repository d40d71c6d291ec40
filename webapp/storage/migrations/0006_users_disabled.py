"""Users can be disabled; a password's hash is never blank."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

user = sa.table("user", sa.column("password_hash"))
NAME, RULE = "ck_user_password_hash", "length(trim(password_hash)) > 0"
NEVER_FITS = "!"


def upgrade() -> None:
    # Nobody could sign in with a blank one, nor can they now.
    op.execute(sa.update(user).where(sa.func.trim(user.c.password_hash) == "").values(password_hash=NEVER_FITS))
    if op.get_context().dialect.name == "sqlite":
        # With the column, because SQLite adds no CHECK alone, and batch mode would make the table anew: dropping the
        # old one deletes every membership.
        op.execute(f'ALTER TABLE "user" ADD COLUMN disabled_at DATETIME CONSTRAINT {NAME} CHECK ({RULE})')
    else:
        op.add_column("user", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
        op.create_check_constraint(op.f(NAME), "user", RULE)


def downgrade() -> None:
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f(NAME), "user", type_="check")
    # Who was disabled stays out: the code of before asks for the hash only.
    disabled = sa.column("disabled_at").is_not(None)
    op.execute(sa.update(user).where(disabled).values(password_hash=NEVER_FITS))
    op.drop_column("user", "disabled_at")
