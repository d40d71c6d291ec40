"""Storage: the only place that knows SQL, with the same tables on SQLite and PostgreSQL.

One module a noun: reads, and whole acts, each in a transaction of its own. A function that takes a `Session` is a step
of an act, in its caller's transaction. `engine` knows none of the portal's tables, `models` are the tables, and
`migrations` bring a database to them.
"""

from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.database import db, init_app
from webapp.storage.engine.transactions import write

__all__ = ["Unavailable", "db", "init_app", "write"]
