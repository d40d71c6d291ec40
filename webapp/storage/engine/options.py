"""The options of `create_engine` that follow from DATABASE_URL: a dead database must fail within seconds (R12)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from webapp.config import ConfigError
from webapp.storage.engine import sqlite_file

BUSY_TIMEOUT_S = 4  # With the answer's own time, 503 comes within 6 s.
# A standby answers with lists of the past, nobody knows how old: there is no connection to one.
PRIMARY_ONLY = {"target_session_attrs": "primary"}


def engine_options(url: str, folder: Path) -> dict[str, Any]:
    """Return the options of the portal's engine; a relative path of SQLite's lies in `folder`.

    Raises:
        ConfigError: the URL can't be read, asks for a standby, or SQLite's file is to lie in a folder that does not
            exist.
    """
    parsed = _read_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, folder)
    return _postgresql(parsed)


def migration_options(url: str, folder: Path) -> dict[str, Any]:
    """Return the options of the migrations' engine: building an index may take minutes, waiting for its lock may not.

    Raises:
        ConfigError: as `engine_options`.
    """
    options = engine_options(url, folder)
    if options["url"].get_backend_name() == "sqlite":
        return options
    settings = {"options": "-c lock_timeout=4000"} | PRIMARY_ONLY
    return {"url": options["url"], "connect_args": settings, "poolclass": sa.NullPool}


def _read_url(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (ValueError, sa.exc.ArgumentError):
        raise ConfigError("DATABASE_URL can't be read: see how its port and its other parts are written.") from None


def _sqlite(url: sa.URL, folder: Path) -> dict[str, Any]:
    if url.query:
        raise ConfigError("DATABASE_URL: a SQLite URL takes no options behind a question mark here.")
    # The sqlite3 driver's own transaction handling is switched off: `connections` begins transactions.
    arguments = {"timeout": BUSY_TIMEOUT_S, "isolation_level": None}
    return {"url": url.set(database=str(sqlite_file.find(url.database, folder))), "connect_args": arguments}


def _postgresql(url: sa.URL) -> dict[str, Any]:
    if url.query.get("target_session_attrs", "primary") != "primary":
        raise ConfigError("DATABASE_URL: target_session_attrs can only be primary: a standby's lists may be old.")
    # A writer says so when it begins: without a transaction nothing can be half done.
    settings = "-c statement_timeout=4000 -c lock_timeout=4000 -c default_transaction_read_only=on"
    hosts = url.query.get("host", "")
    several = not isinstance(hosts, str) or "," in hosts  # They are tried one after the other.
    arguments = {"connect_timeout": 2 if several else 3, "options": settings} | PRIMARY_ONLY
    # Last in, first out: what a request asks next goes over the connection that its first statement has proved.
    pool = {"pool_timeout": 4, "pool_recycle": 1_800, "pool_use_lifo": True, "isolation_level": "AUTOCOMMIT"}
    return {"url": url, "connect_args": arguments} | pool
