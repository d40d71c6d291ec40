"""`flask db …`: the commands that make a migration and go back to one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from click.testing import Result
from flask import Flask
from flask_alembic import Alembic

from tests.conftest import dispose, migrate
from webapp import create_app
from webapp.config import Config


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """The portal on a migrated SQLite database, with a copy of the migrations that a test may add to."""
    url = f"sqlite:///{tmp_path}/portal.sqlite3"
    migrate(url)
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url))
    folder = Path(app.config["ALEMBIC"]["script_location"])
    app.config["ALEMBIC"]["script_location"] = str(
        copytree(folder, tmp_path / "migrations", ignore=ignore_patterns("__pycache__"))
    )
    yield app
    dispose(app)


def run(app: Flask, *command: str) -> Result:
    """Run a command of the group."""
    return app.test_cli_runner().invoke(args=["db", *command])


def current(app: Flask) -> list[str]:
    """Return the revisions that the database is at."""
    with app.app_context():
        alembic: Alembic = app.extensions["alembic"]
        return [script.revision for script in alembic.current()]


def revisions(app: Flask) -> list[str]:
    """Return all revisions, the newest first: a downgrade goes along them."""
    with app.app_context():
        alembic: Alembic = app.extensions["alembic"]
        return [script.revision for script in alembic.log()]


def test_a_new_migration_follows_the_newest_one(migrated: Flask) -> None:
    before = revisions(migrated)
    result = run(migrated, "revision", "what and why")
    assert result.exit_code == 0, result.stderr
    with migrated.app_context():
        alembic: Alembic = migrated.extensions["alembic"]
        (script,) = alembic.heads()
    assert (script.down_revision, revisions(migrated)) == (before[0], [script.revision, *before])
    assert run(migrated, "upgrade").exit_code == 0
    assert current(migrated) == [script.revision]


@pytest.mark.parametrize("steps", [0, 1, 9])
def test_downgrade_goes_to_the_revision_whose_id_is_given(migrated: Flask, steps: int) -> None:
    revision = revisions(migrated)[steps]
    assert revision.isdigit()  # as a number, it could be read as so many steps
    assert run(migrated, "downgrade", revision).exit_code == 0
    assert current(migrated) == [revision]


@pytest.mark.parametrize(("target", "steps"), [((), 1), (("2",), 2), (("--", "-2"), 2)])
def test_downgrade_goes_so_many_steps_back(migrated: Flask, target: tuple[str, ...], steps: int) -> None:
    assert run(migrated, "downgrade", *target).exit_code == 0
    assert current(migrated) == [revisions(migrated)[steps]]


def test_downgrade_to_the_base_leaves_no_revision(migrated: Flask) -> None:
    assert run(migrated, "downgrade", "base").exit_code == 0
    assert current(migrated) == []
