"""Storage: the only place that imports SQLAlchemy. The same models and statements on SQLite and PostgreSQL."""

from webapp.storage.database import db, init_app
from webapp.storage.transactions import Unavailable, write

__all__ = ["Unavailable", "db", "init_app", "write"]
