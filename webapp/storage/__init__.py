"""Storage: the only place that knows SQL, with the same tables on SQLite and PostgreSQL.

One module a noun: reads, and whole acts, each in a transaction of its own. `engine` holds what names no table,
`models` the tables; `migrations` brings a database to them.
"""

from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.database import db, init_app
from webapp.storage.engine.transactions import write

__all__ = ["Unavailable", "db", "init_app", "write"]
