"""Storage: the only place that imports SQLAlchemy. The same models and statements on SQLite and PostgreSQL."""

from webapp.storage.database import db, init_app
from webapp.storage.silence import Unavailable
from webapp.storage.transactions import write

__all__ = ["Unavailable", "db", "init_app", "write"]
