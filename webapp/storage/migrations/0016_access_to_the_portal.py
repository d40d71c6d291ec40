"""Each sign-in and each client that was blocked, to be searched. Filled from what is kept of both."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.domain.address import Address, AddressError, parse_address
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.domain.network_key import key_of

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 1_000  # rows that are read and written at once
KEPT_FOR = timedelta(days=90)
MOMENT = sa.DateTime(timezone=True)
INDEXES = [
    ["user_id"],
    ["at"],
    ["account_id", "kind", "at", "id"],
    ["account_id", "user_id", "kind", "at", "id"],
    ["account_id", "key", "at", "id", "user_id", "kind"],
    ["account_id", "at", "id", "key", "user_id", "kind"],
]
REFERRED = {"account_id": "account", "user_id": "user", "attempt_id": "blocked_attempt"}
sign_in = sa.table("sign_in", *map(sa.column, ("id", "account_id", "user_id", "address")), sa.column("last_at", MOMENT))
blocked_attempt = sa.table(
    "blocked_attempt",
    *map(sa.column, ("id", "account_id", "user_id", "address", "last_address")),
    sa.column("first_at", MOMENT),
)
portal_access = sa.table(
    "portal_access",
    *map(sa.column, ("account_id", "user_id", "kind", "address", "key", "attempt_id")),
    sa.column("at", MOMENT),
)


def upgrade() -> None:
    # What a run that was cut off has left is begun again: nobody else writes it before.
    op.drop_table("portal_access", if_exists=True)
    op.create_table(
        "portal_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("address", sa.String(length=39), nullable=True),
        sa.Column("key", sa.String(length=36), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'blocked') = (attempt_id IS NOT NULL)", name=op.f("ck_portal_access_attempt")),
        *(_foreign_key(column, table) for column, table in REFERRED.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_access")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_portal_access_attempt_id")),
    )
    for columns in INDEXES:
        op.create_index(op.f(f"ix_portal_access_{'_'.join(columns)}"), "portal_access", columns)
    # In small transactions: in one with the new table, the locks of its foreign keys would hold up sign-ins.
    with op.get_context().autocommit_block():
        _fill(op.get_bind(), datetime.now(UTC) - KEPT_FOR)


def _foreign_key(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_portal_access_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")


def _fill(connection: sa.Connection, since: datetime) -> None:
    for query, row in (
        (sa.select(sign_in).where(sign_in.c.last_at > since), _of_sign_in),
        (sa.select(blocked_attempt).where(blocked_attempt.c.first_at > since), _of_attempt),
    ):
        for some in _batches(connection, query):
            connection.execute(sa.insert(portal_access), [row(one) for one in some])


def _batches(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[list[Any]]:
    key, last = query.selected_columns.id, 0
    while some := list(connection.execute(query.where(key > last).order_by(key).limit(BATCH))):
        yield some
        last = some[-1].id


def _of_sign_in(one: Any) -> dict[str, Any]:
    address = _address(one.address)
    network = Network.around(address, 8 * len(address.packed)) if address else None
    return _row(one, "sign_in", one.last_at, address, network, None)


def _of_attempt(one: Any) -> dict[str, Any]:
    address = _address(one.last_address or one.address)
    return _row(one, "blocked", one.first_at, address, current_network(address) if address else None, one.id)


def _address(text: str) -> Address | None:
    try:
        return parse_address(text)
    except AddressError:
        return None


def _row(
    one: Any, kind: str, at: datetime, address: Address | None, network: Network | None, attempt_id: int | None
) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "user_id": one.user_id,
        "kind": kind,
        "at": at,
        "address": address.text if address else None,
        "key": key_of(network) if network else None,
        "attempt_id": attempt_id,
    }


def downgrade() -> None:
    op.drop_table("portal_access")
