"""Events are only added: triggers of migrations 0015 and 0017 refuse the rest. The tables' owner has one way left.

PostgreSQL's triggers let the owner's role delete what is of the account that the transaction names. On SQLite whoever
can write the file owns it: the triggers are dropped, and made again in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.storage.models import Event, EventNetwork, ListSnapshot

BATCH = 5_000  # events in one statement: PostgreSQL gives each a few seconds
TABLES = (ListSnapshot, EventNetwork, Event)  # in the order of deletion
_TRIGGERS = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")


def delete_history(session: Session, account_id: int) -> None:
    """Delete all events of the account, with what belongs to them; PostgreSQL refuses it to any but the owner."""
    some = sa.select(Event.id).where(Event.account_id == account_id).limit(BATCH)
    with _lifted(session, account_id):
        while session.execute(sa.delete(Event).where(Event.id.in_(some)).returning(Event.id)).first():
            pass  # What belongs to an event goes with it.


@contextmanager
def _lifted(session: Session, account_id: int) -> Iterator[None]:
    if session.get_bind().dialect.name != "sqlite":
        session.execute(sa.select(sa.func.set_config("portal.removed_account", str(account_id), True)))
        yield
        return
    triggers = [row for table in TABLES for row in session.execute(_TRIGGERS, {"table": table.__tablename__})]
    for name, _ in triggers:
        session.execute(sa.text(f"DROP TRIGGER {name}"))
    yield
    for _, made in triggers:
        session.connection().exec_driver_sql(made)
