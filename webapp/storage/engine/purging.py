"""Purging: rows past their retention are deleted in small batches, in passing, so that no request pays for a year."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

BATCH_SIZE = 200  # rows; a request that purges adds fewer, so the tables shrink to what is retained


def remove_oldest(session: Session, moment: InstrumentedAttribute[datetime], before: datetime) -> None:
    """Delete the oldest rows whose `moment` is earlier than `before`, of all accounts, at most BATCH_SIZE.

    The column `moment` must have an index. Rows that another request is deleting are left to it.
    """
    table = sa.inspect(moment.class_).local_table
    (key,) = table.primary_key
    oldest = sa.select(key).where(moment < before).order_by(moment).limit(BATCH_SIZE)
    session.execute(sa.delete(table).where(key.in_(taken_once(oldest))))


def taken_once(batch: sa.Select[Any]) -> sa.Select[Any]:
    """Return the batch with its rows locked, but for those that another request has locked.

    As a subquery, PostgreSQL may ask it again for each row of the table, and be given the next rows each time.
    """
    return sa.select(batch.with_for_update(skip_locked=True).cte("batch"))
