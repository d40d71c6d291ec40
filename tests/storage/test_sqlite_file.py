"""SQLite's file deleted or replaced under the server: nothing is acknowledged that nobody else can read (R12)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.client import BASE, Browser
from tests.support.quick import engine_of, new_app, put_list, read_list, start_session
from tests.support.statements import before_writing, only_once
from tests.support.world import HOME, World, seed

FILES = ("", "-wal", "-shm")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy."""
    file = tmp_path_factory.mktemp("migrated") / "portal.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> Path:
    """A database of the test's own."""
    copy = tmp_path / "portal.sqlite3"
    back_up(migrated, copy)
    return copy


@pytest.fixture
def app(file: Path) -> Iterator[Flask]:
    """A portal on it."""
    running = new_app(f"sqlite:///{file}")
    yield running
    dispose(running)


@pytest.fixture
def dana(app: Flask, world: World) -> Browser:
    """Dana, signed in, in a process that has its connections open."""
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    browser = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))
    assert browser.fetch("/").status_code == 200
    return browser


@pytest.fixture
def world(app: Flask) -> World:
    """The cast."""
    with app.app_context():
        return seed()


def back_up(file: Path, to: Path) -> None:
    """Copy a database as docs/operations.md says."""
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(to)) as copy:
        live.backup(copy)


def deleted(file: Path) -> None:
    """`rm portal.sqlite3*`."""
    for suffix in FILES:
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def replaced(file: Path) -> None:
    """Another database is moved to the path."""
    other = file.with_suffix(".other")
    back_up(file, other)
    deleted(file)
    other.rename(file)


def moved(file: Path) -> None:
    """`mv portal.sqlite3 elsewhere`."""
    file.rename(file.with_suffix(".elsewhere"))


def without_log(file: Path) -> None:
    """`rm portal.sqlite3-wal`."""
    Path(f"{file}-wal").unlink()


FAULTS = (deleted, replaced, moved, without_log)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_change_that_is_written_into_nothing_is_not_acknowledged(
    app: Flask, dana: Browser, file: Path, fault: Callable[[Path], None]
) -> None:
    with before_writing(app, only_once(lambda: fault(file))):
        answer = dana.send(f"{BASE}/networks", {"network": "192.0.2.1"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("fault", [deleted, moved])
def test_without_the_file_no_page_is_shown_and_with_it_all_are_again(
    app: Flask, dana: Browser, file: Path, tmp_path: Path, fault: Callable[[Path], None]
) -> None:
    back_up(file, tmp_path / "backup")
    fault(file)
    assert dana.fetch("/").status_code == dana.send(f"{BASE}/networks", {"network": "192.0.2.1"}).status_code == 503
    ready = dana.fetch("/readyz")
    assert (ready.status_code, "cannot be reached" in ready.text) == (503, True)
    assert not file.exists(), "nobody makes an empty one"
    for suffix in FILES[1:]:
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    (tmp_path / "backup").rename(file)
    assert dana.fetch("/").status_code == dana.fetch("/readyz").status_code == 200


def test_a_file_that_takes_its_place_is_obeyed_at_the_next_request(
    app: Flask, dana: Browser, world: World, file: Path
) -> None:
    replaced(file)
    other = new_app(f"sqlite:///{file}")
    put_list(other, world.halden, "192.0.2.0/24", active=True)
    assert dana.fetch("/").status_code == 403
    assert dana.fetch("/readyz").status_code == 200
    put_list(app, world.halden, "198.51.100.0/24")
    assert read_list(other, world.halden).texts == ["198.51.100.0/24"]
    dispose(other)


def test_an_empty_file_in_its_place_is_no_database(dana: Browser, file: Path) -> None:
    deleted(file)
    file.touch()
    assert dana.fetch("/").status_code == dana.fetch("/readyz").status_code == 503


def test_a_restore_into_the_file_is_no_other_file(app: Flask, dana: Browser, file: Path, tmp_path: Path) -> None:
    back_up(file, tmp_path / "backup")
    opened = []
    sa.event.listen(engine_of(app), "connect", lambda *_: opened.append(1))
    back_up(tmp_path / "backup", file)
    assert dana.fetch("/").status_code == 200
    assert dana.send(f"{BASE}/networks", {"network": "192.0.2.1"}).status_code == 303
    assert opened == []


def test_without_its_log_the_file_is_opened_anew_however_many_connections_idle(
    app: Flask, dana: Browser, file: Path
) -> None:
    engine = app.extensions["engine"]
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            connection.exec_driver_sql("SELECT count(*) FROM account")
    without_log(file)
    answers = [dana.send(f"{BASE}/networks", {"network": f"192.0.2.{number}"}).status_code for number in range(3)]
    assert answers[-1] == 303, answers
