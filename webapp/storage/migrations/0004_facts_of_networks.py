"""Who added a network, by id; and its place among those of the same moment."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

network = sa.table("network", sa.column("id"), sa.column("added_by"), sa.column("added_by_id"), sa.column("position"))
event = sa.table("event", sa.column("id"), sa.column("user_id"), sa.column("actor"), sa.column("after", sa.JSON()))


def upgrade() -> None:
    with op.batch_alter_table("network") as batch_op:
        batch_op.add_column(sa.Column("added_by_id", sa.Integer(), nullable=True))
        # Workers of before, still running, give none.
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.execute(sa.update(network).values(position=network.c.id))
    connection = op.get_bind()
    known = [{"network_id": id_, "user_id": user_id} for id_, user_id in _added_by(connection)]
    if known:
        fill = sa.update(network).where(network.c.id == sa.bindparam("network_id"))
        connection.execute(fill.values(added_by_id=sa.bindparam("user_id")), known)


def _added_by(connection: sa.Connection) -> Iterator[tuple[int, int]]:
    """Yield id and user of each network whose first event was made by a user of the name that the row has."""
    rows = connection.execute(sa.select(network.c.id, network.c.added_by))
    names: dict[int, str] = {row.id: row.added_by for row in rows}
    events = sa.select(event.c.user_id, event.c.actor, event.c.after).order_by(event.c.id)
    for user_id, actor, after in connection.execute(events.execution_options(yield_per=500)):
        for row in after["networks"]:
            if names.pop(row["id"], None) == actor and user_id is not None:
                yield row["id"], user_id


def downgrade() -> None:
    with op.batch_alter_table("network") as batch_op:
        batch_op.drop_column("position")
        batch_op.drop_column("added_by_id")
