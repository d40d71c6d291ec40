"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys

from webapp import create_app
from webapp.config import Config, ConfigError, app_object
from webapp.runtime import garbage_collection, logs

try:
    app = create_app()
    if not app_object(Config, app).demo:
        logs.configure()
    garbage_collection.freeze_gc()
except ConfigError as error:
    sys.exit(f"The portal does not start. {error}")
