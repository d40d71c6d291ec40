"""Form, model and database agree on how long a comment may be: changed alone, the constant would give a 500."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.quick import put_list, read_list, writing
from tests.support.world import World
from webapp.domain.comment import MAX_COMMENT
from webapp.storage.models import NetworkRow, table_of


def comment_on(app: Flask, world: World, comment: str) -> None:
    """Write the comment past the form's checks."""
    with writing(app) as connection:
        connection.execute(sa.update(NetworkRow).where(NetworkRow.account_id == world.halden).values(comment=comment))


def test_the_model_reads_the_constant() -> None:
    table = table_of(NetworkRow)
    checks = {str(check.sqltext) for check in table.constraints if isinstance(check, sa.CheckConstraint)}
    assert f"length(comment) <= {MAX_COMMENT}" in checks
    assert table.c.comment.type.length == MAX_COMMENT  # type: ignore[attr-defined]


def test_the_migrated_database_takes_the_longest_comment_and_no_longer_one(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24")
    comment_on(app, world, "x" * MAX_COMMENT)
    assert [comment for _, _, comment in read_list(app, world.halden).networks] == ["x" * MAX_COMMENT]
    with pytest.raises(sa.exc.DBAPIError):
        comment_on(app, world, "x" * (MAX_COMMENT + 1))
