"""What is kept for a time only: removed a few rows at a time, in passing, so that no request pays for a quiet year."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

BATCH_SIZE = 200  # Each request that purges adds fewer, so the tables shrink to what is to be kept.


def remove_oldest(session: Session, moment: InstrumentedAttribute[datetime], before: datetime) -> None:
    """Remove rows of that moment's table from before, of all accounts, the oldest first: some of them, if many.

    `moment` bears an index. Rows that another request is removing are left to it.
    """
    table = sa.inspect(moment.class_).local_table
    (key,) = table.primary_key
    oldest = sa.select(key).where(moment < before).order_by(moment).limit(BATCH_SIZE).with_for_update(skip_locked=True)
    session.execute(sa.delete(table).where(key.in_(oldest)))
