"""A stamp that the database itself renews with every change of a list's networks, by SQL too.

So a worker that knows the list of before sees a repair by SQL at its next request. Forms compare the revision only.

For migrations to come: SQLite drops these triggers with the table `network`, so whatever rebuilds it (batch mode)
makes them again, and whatever rebuilds `account` drops them first.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# One function for all: which of `gone` and `come` there is depends on the statement. The search
# path is kept with it: `pg_restore --data-only` works without one.
FUNCTION = """
CREATE FUNCTION renew_list_stamp() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE account SET list_stamp = replace(gen_random_uuid()::text, '-', '')
        WHERE id IN (SELECT account_id FROM come);
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE account SET list_stamp = replace(gen_random_uuid()::text, '-', '')
        WHERE id IN (SELECT account_id FROM gone);
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE account SET list_stamp = replace(gen_random_uuid()::text, '-', '')
        WHERE id IN (
            (SELECT account_id FROM (SELECT id, account_id, network FROM gone
                                     EXCEPT SELECT id, account_id, network FROM come) AS before)
            UNION
            (SELECT account_id FROM (SELECT id, account_id, network FROM come
                                     EXCEPT SELECT id, account_id, network FROM gone) AS after)
        );
    ELSE
        UPDATE account SET list_stamp = replace(gen_random_uuid()::text, '-', '');
    END IF;
    RETURN NULL;
END $$
"""
ON_POSTGRESQL = {
    "network_insert": "INSERT ON network REFERENCING NEW TABLE AS come",
    "network_update": "UPDATE ON network REFERENCING OLD TABLE AS gone NEW TABLE AS come",
    "network_delete": "DELETE ON network REFERENCING OLD TABLE AS gone",
    "network_truncate": "TRUNCATE ON network",
}
# Before, not after: OR REPLACE removes the row that is in the way, another account's too, and fires no trigger for it.
RENEW = "UPDATE account SET list_stamp = lower(hex(randomblob(16))) WHERE id IN"
IN_THE_WAY = "(SELECT account_id FROM network WHERE id = NEW.id)"
ON_SQLITE = {
    "network_insert": f"BEFORE INSERT ON network BEGIN {RENEW} (NEW.account_id, {IN_THE_WAY}); END",
    "network_update": "BEFORE UPDATE OF id, account_id, network ON network WHEN OLD.id IS NOT NEW.id "
    "OR OLD.account_id IS NOT NEW.account_id OR OLD.network IS NOT NEW.network "
    f"BEGIN {RENEW} (OLD.account_id, NEW.account_id, {IN_THE_WAY}); END",
    "network_delete": f"AFTER DELETE ON network BEGIN {RENEW} (OLD.account_id); END",
}


def upgrade() -> None:
    # A stamp of this run's own for all lists that are there: after a downgrade and an upgrade it is another one.
    stamp = secrets.token_hex(16)
    if op.get_context().dialect.name == "sqlite":
        op.add_column("account", sa.Column("list_stamp", sa.String(length=32), nullable=False, server_default="0"))
        op.execute(sa.table("account", sa.column("list_stamp")).update().values(list_stamp=stamp))
        for name, how in ON_SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {how}")
        return
    # As a default PostgreSQL gives it to all rows without writing them: nobody waits, however many accounts there are.
    op.add_column("account", sa.Column("list_stamp", sa.String(length=32), nullable=False, server_default=stamp))
    op.alter_column("account", "list_stamp", server_default="0")
    op.execute(FUNCTION)
    for name, how in ON_POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {name} AFTER {how} FOR EACH STATEMENT EXECUTE FUNCTION renew_list_stamp()")
        # Always: session_replication_role, which repairs and restores set, does not switch them off.
        op.execute(f"ALTER TABLE network ENABLE ALWAYS TRIGGER {name}")


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        for name in ON_SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name in ON_POSTGRESQL:
            op.execute(f"DROP TRIGGER {name} ON network")
        op.execute("DROP FUNCTION renew_list_stamp()")
    op.drop_column("account", "list_stamp")
