"""Storage: the only place that imports SQLAlchemy. The same models and statements on SQLite and PostgreSQL."""

from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.database import db, init_app
from webapp.storage.engine.transactions import write

__all__ = ["Unavailable", "db", "init_app", "write"]
