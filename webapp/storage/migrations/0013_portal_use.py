"""From where people used the portal: a row a client of theirs. Filled from their sign-ins, as far as those are kept."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.domain.address import Address, AddressError, parse_address
from webapp.domain.address_kind import client_network

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BATCH = 1_000  # accounts that are read at once, and rows that are written
KEPT_FOR, CLIENTS, ADDRESSES = timedelta(days=90), 1_000, 8
MOMENT = sa.DateTime(timezone=True)
INDEXES = {
    "ix_portal_use_account_id_last_at_user_id": ["account_id", "last_at", "user_id"],
    "ix_portal_use_last_at": ["last_at"],
}

membership = sa.table("membership", *map(sa.column, ("account_id", "user_id")))
sign_in = sa.table("sign_in", *map(sa.column, ("account_id", "user_id", "address")), sa.column("last_at", MOMENT))
portal_use = sa.table(
    "portal_use",
    *map(sa.column, ("account_id", "user_id", "client", "addresses", "days")),
    *(sa.column(name, MOMENT) for name in ("first_at", "last_at")),
)


def upgrade() -> None:
    # What a run that was cut off has left is begun again: nobody else writes it before.
    op.drop_table("portal_use", if_exists=True)
    op.create_table(
        "portal_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=43), nullable=False),
        sa.Column("addresses", sa.String(length=360), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_portal_use_days")),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["membership.account_id", "membership.user_id"],
            name=op.f("fk_portal_use_account_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_use")),
        sa.UniqueConstraint("account_id", "user_id", "client", name=op.f("uq_portal_use_account_id_user_id_client")),
    )
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "portal_use", columns)
    # In small transactions: in one with the new table, the lock of its foreign key would hold up new memberships.
    with op.get_context().autocommit_block():
        _fill(op.get_bind(), datetime.now(UTC) - KEPT_FOR)


def _fill(connection: sa.Connection, since: datetime) -> None:
    last = connection.execute(sa.select(sa.func.max(sign_in.c.account_id))).scalar_one() or 0
    is_member = sa.and_(membership.c.account_id == sign_in.c.account_id, membership.c.user_id == sign_in.c.user_id)
    query = sa.select(sign_in).join(membership, is_member).where(sign_in.c.last_at > since)
    query = query.order_by(sign_in.c.account_id, sign_in.c.user_id, sign_in.c.last_at.desc())
    for first in range(0, last + 1, BATCH):
        found = connection.execute(query.where(sign_in.c.account_id.between(first, first + BATCH - 1)))
        rows = _rows(found.all())
        while some := list(islice(rows, BATCH)):
            connection.execute(sa.insert(portal_use), some)


def _rows(sign_ins: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Return a row for each of a person's latest clients; the sign-ins come by person, the latest first."""
    for (account_id, user_id), own in groupby(sign_ins, attrgetter("account_id", "user_id")):
        clients: dict[str, list[tuple[Address, datetime]]] = {}
        for one in own:
            try:
                address = parse_address(one.address)
            except AddressError:
                continue
            clients.setdefault(client_network(address).text, []).append((address, one.last_at))
        for client, known in islice(clients.items(), CLIENTS):
            moments = [at for _, at in known]
            addresses = dict.fromkeys(address.text for address, _ in known)
            yield {
                "account_id": account_id,
                "user_id": user_id,
                "client": client,
                "addresses": " ".join(islice(addresses, ADDRESSES)),
                "first_at": min(moments),
                "last_at": max(moments),
                "days": len({_day(at) for at in moments}),
            }


def _day(at: datetime) -> Any:
    return (at.astimezone(UTC) if at.tzinfo else at).date()


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), table_name="portal_use")
    op.drop_table("portal_use")
