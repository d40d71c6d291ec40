"""Fill in who added the networks of before, where that is certain, and their places."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

network = sa.table("network", *map(sa.column, ("id", "account_id", "added_by", "added_by_id", "position")))
event = sa.table("event", *map(sa.column, ("id", "account_id", "user_id", "actor")), sa.column("after", sa.JSON()))


BATCH = 1_000


def upgrade() -> None:
    # In small transactions: in one with the new columns, their lock would keep every request from its list until the
    # last row is filled. Filled again, a row stays as it is.
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        _fill_positions(connection)
        for (account_id,) in connection.execute(sa.select(network.c.account_id).distinct()).all():
            _fill_people(connection, account_id)


def _fill_positions(connection: sa.Connection) -> None:
    newest = connection.execute(sa.select(sa.func.max(network.c.id))).scalar_one() or 0
    for first in range(0, newest + 1, BATCH):
        batch = network.c.id.between(first, first + BATCH - 1), network.c.position == 0
        connection.execute(sa.update(network).where(*batch).values(position=network.c.id))


def _fill_people(connection: sa.Connection, account_id: int) -> None:
    """Fill in who added a network: the user of its first event, where the row has that user's name."""
    rows = connection.execute(sa.select(network.c.id, network.c.added_by).where(network.c.account_id == account_id))
    names: dict[int, str] = {row.id: row.added_by for row in rows}
    events = sa.select(event.c.user_id, event.c.actor, event.c.after).where(event.c.account_id == account_id)
    known = [
        {"network_id": row["id"], "adder": user_id}
        for user_id, actor, after in connection.execute(events.order_by(event.c.id))
        for row in after["networks"]
        if names.pop(row["id"], None) == actor and user_id is not None
    ]
    if known:
        fill = sa.update(network).where(network.c.id == sa.bindparam("network_id"))
        connection.execute(fill.values(added_by_id=sa.bindparam("adder")), known)


def downgrade() -> None:
    """Nothing to undo: the columns go with the revision before."""
