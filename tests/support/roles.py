"""The two roles of a PostgreSQL database, made by the script that is shipped."""

import subprocess
from pathlib import Path

import sqlalchemy as sa

from .postgres import Cluster, find_programs

SHIPPED = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"


def split(cluster: Cluster, database: str) -> tuple[str, str]:
    """Run the script in a database; return its URL for the role that owns the tables, and for the portal's."""
    programs = find_programs()
    assert programs is not None
    command: list[str | Path] = [programs / "psql", "--quiet", "--no-psqlrc", "--dbname", database]
    command += ["--host", cluster.folder, "--username", "postgres", "--file", SHIPPED]
    subprocess.run(command, check=True, capture_output=True)
    return as_role(cluster, database, "portal_owner"), as_role(cluster, database, "portal")


def as_role(cluster: Cluster, database: str, role: str) -> str:
    """Return the database's URL for a role."""
    return sa.make_url(cluster.url(database)).set(username=role).render_as_string()
