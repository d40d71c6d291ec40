"""Least privilege on PostgreSQL: the role that the portal works as can't change tables, only their rows."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster, find_programs
from tests.support.quick import new_app
from tests.support.roles import as_role, split
from tests.support.world import seed

pytestmark = pytest.mark.postgres
NAME = "two_roles"
REFUSED = [
    "CREATE TABLE mine (id integer)",
    "CREATE TEMPORARY TABLE mine (id integer)",
    "CREATE SCHEMA mine",
    "ALTER TABLE network ADD COLUMN mine integer",
    "ALTER TABLE network DISABLE TRIGGER ALL",
    "ALTER TABLE network DROP CONSTRAINT pk_network",
    "CREATE INDEX mine ON network (id)",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "TRUNCATE event",
    "DROP TABLE event",
    "SET ROLE portal_owner",
]
PRIVILEGES = """
    SELECT relname, pg_get_userbyid(relowner), ARRAY(
        SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
        AS privilege WHERE has_table_privilege('portal', pg_class.oid, privilege))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


@pytest.fixture(scope="module")
def urls(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """A database that one role did everything in, as it was before there were two, and the URLs of the two."""
    cluster.create_database(NAME)
    split(cluster, NAME)
    with connect(cluster.url(NAME)) as superuser:
        superuser.execute(f"ALTER DATABASE {NAME} OWNER TO portal")
    migrate(as_role(cluster, NAME, "portal"))
    yield split(cluster, NAME)
    cluster.drop_database(NAME)


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect without the portal's own settings."""
    return psycopg.connect(sa.make_url(url).set(drivername="postgresql").render_as_string(), autocommit=True)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_portals_role_cannot(urls: tuple[str, str], statement: str) -> None:
    with connect(urls[1]) as portal, pytest.raises(psycopg.errors.InsufficientPrivilege):
        portal.execute(statement)


def test_every_table_is_the_owners_and_the_portal_may_only_work_with_its_rows(urls: tuple[str, str]) -> None:
    with connect(urls[0]) as owner:
        owner.execute("CREATE TABLE of_a_later_migration (id serial)")
        found = owner.execute(PRIVILEGES).fetchall()
    assert {tuple(row[1:2]) + tuple(row[2]) for row in found} == {  # type: ignore[arg-type]
        ("portal_owner", "SELECT", "INSERT", "UPDATE", "DELETE")
    }
    assert len(found) > 8
    with connect(urls[1]) as portal:
        portal.execute("INSERT INTO of_a_later_migration DEFAULT VALUES")
    with connect(urls[0]) as owner:
        owner.execute("DROP TABLE of_a_later_migration")


def test_the_owner_backs_up_and_restores(urls: tuple[str, str], cluster: Cluster, tmp_path: Path) -> None:
    app = new_app(urls[1])
    with app.app_context():
        seed()
    for program, *arguments in (
        ["pg_dump", "--format=custom", "--exclude-table-data=portal_session", "--file", str(tmp_path / "dump"), NAME],
        ["pg_restore", "--clean", "--if-exists", "--single-transaction", "--dbname", NAME, str(tmp_path / "dump")],
    ):
        folder = find_programs()
        assert folder is not None
        where = ["--host", str(cluster.folder), "--username", "portal_owner"]
        done = subprocess.run([folder / program, *where, *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    assert app.test_client().get("/readyz").status_code == 200
    dispose(app)
    with connect(urls[1]) as portal:
        assert portal.execute("SELECT count(*) FROM account").fetchone() == (2,)
