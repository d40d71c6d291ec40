"""What is asked of a password and of whoever types it: nothing that makes people choose worse ones (ASVS 6.2)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import Clock, migrate
from tests.support.client import Portal
from webapp.domain.password import problem
from webapp.identity.passwords import hash_password, is_right


def test_a_password_manager_may_fill_the_form_in_and_nothing_else_is_asked(portal: Portal) -> None:
    page = portal.browser().get("/login")
    assert {str(tag["name"]) for tag in page.all("form [name]")} == {"csrf_token", "next", "email", "password"}
    password = page.one("input[name=password]")
    assert (password["type"], password["autocomplete"]) == ("password", "current-password")
    assert not {"readonly", "maxlength", "minlength", "pattern", "onpaste"} & set(password.attrs)


@pytest.mark.parametrize("password", ["ab" * 32, "\u65e5\u672c\u8a9e \u00e9" * 170 + "abcd", "12345678901234567890"])
def test_a_long_password_of_any_characters_is_good_and_works_to_its_end(password: str) -> None:
    assert problem(password, "dana@example.com", "Dana Kessler") == ""
    stored = hash_password(password)
    assert is_right(password, stored)
    assert not is_right(password[:-1] + "!", stored)


def test_a_password_never_grows_old(portal: Portal, time: Clock) -> None:
    for _ in range(3):
        time.advance(timedelta(days=3_650))
        assert portal.browser().sign_in("dana").location == "/"


def test_a_new_database_knows_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    migrate(url)
    engine = sa.create_engine(url)
    tables = sa.inspect(engine).get_table_names()
    with engine.connect() as connection:
        rows = {name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) for name in tables}  # noqa: S608
    engine.dispose()
    assert {name for name, count in rows.items() if count} == {"alembic_version"}
    assert {"user", "membership", "api_token", "portal_session"} <= set(tables)
