"""The engine, and the session of a request: what each database is told when a transaction begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g
from flask_alembic import Alembic
from sqlalchemy.orm import Session

from webapp.config import Config
from webapp.storage.models import Base
from webapp.storage.watched import Watched

BUSY_TIMEOUT_S = 4  # With the answer's own time, 503 comes within 6 s.


class Database:
    """The running app's engine, and one session per app context, closed with it."""

    @property
    def engine(self) -> sa.Engine:
        """The engine of this process."""
        engine: sa.Engine = current_app.extensions["engine"]
        return engine

    @property
    def session(self) -> Session:
        """The session of this request or command."""
        if "database_session" not in g:
            g.database_session = Session(self.engine, autoflush=False)
        session: Session = g.database_session
        return session


db = Database()


def init_app(app: Flask, config: Config) -> None:
    """Make the engine of this process and register `flask db …` (migrations)."""
    engine = sa.create_engine(**engine_options(config.database_url, Path(app.instance_path)))
    listen(engine)
    app.extensions["engine"] = engine
    app.teardown_appcontext(_close_session)
    app.config["ALEMBIC"] = {"script_location": str(Path(__file__).parent / "migrations")}
    app.config["ALEMBIC_CONTEXT"] = {"render_as_batch": True}
    Alembic(app, metadatas=Base.metadata, engines=engine, run_mkdir=False)


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database_session", None)
    if session is not None:
        session.close()


def engine_options(url: str, folder: Path) -> dict[str, Any]:
    """Return the options of `create_engine`; a dead database must fail within seconds (R12).

    A relative SQLite path lies in `folder`.
    """
    parsed = sa.make_url(url)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        path = folder / (parsed.database or "portal.sqlite3")
        path.parent.mkdir(parents=True, exist_ok=True)
        parsed = parsed.set(database=str(path))
        # The sqlite3 driver's own transaction handling is switched off: see `listen`.
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "isolation_level": None}
    else:
        options |= {"pool_timeout": 4, "pool_recycle": 1_800, "isolation_level": "READ COMMITTED"}
        options["connect_args"] = {"connect_timeout": 3, "options": "-c statement_timeout=4000 -c lock_timeout=4000"}
    return options | {"url": parsed}


def listen(engine: sa.Engine) -> None:
    """Give PostgreSQL connections that give up, and SQLite WAL, foreign keys and explicit transactions.

    SQLite's writers begin with BEGIN IMMEDIATE.

    A deferred transaction that turns into a writer sees an old snapshot, which loses updates (DESIGN 9).
    """
    if engine.dialect.name != "sqlite":

        @sa.event.listens_for(engine, "do_connect")
        def watch(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
            return Watched.connect(*args, **options)

        return

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_S * 1000}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
