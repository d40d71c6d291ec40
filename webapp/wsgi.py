"""The WSGI entry point: `gunicorn webapp.wsgi:app`, `flask --app webapp.wsgi …`."""

from __future__ import annotations

import sys

from webapp import create_app
from webapp.config import Config, ConfigError, app_object
from webapp.runtime import garbage_collection, logs

# What ends gunicorn. A worker that ends with another status is started again, for ever.
APP_LOAD_ERROR = 4

try:
    app = create_app()
    if not app_object(Config, app).demo:
        logs.configure()
    garbage_collection.freeze_gc()
except ConfigError as error:
    sys.stderr.write(f"The portal does not start. {error}\n")
    sys.stderr.flush()
    sys.exit(APP_LOAD_ERROR if "gunicorn.arbiter" in sys.modules else 1)
