"""What a page costs at least here: a bare Flask view with one SELECT, and the portal without its allowlist hook."""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask

from webapp import create_app
from webapp.guard import allowlist
from webapp.runtime import garbage_collection, logs


def bare() -> Flask:
    """A Flask app of one view with one SELECT; nothing else, no log line either."""
    app = Flask(__name__)
    engine = sa.create_engine(os.environ["DATABASE_URL"])
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    @app.get("/")
    def show() -> str:
        with engine.connect() as connection:
            name = connection.execute(sa.text("SELECT name FROM account ORDER BY id LIMIT 1")).scalar_one()
        return f"<!doctype html><title>Overview</title><p>{name}</p>"

    garbage_collection.freeze_gc()
    return app


def unguarded() -> Flask:
    """The portal as `wsgi` serves it, but that nobody asks the list. For comparison only."""
    app = create_app()
    app.before_request_funcs[None].remove(allowlist.require_listed_address)
    logs.configure()
    garbage_collection.freeze_gc()
    return app
