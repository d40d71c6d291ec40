"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys

from webapp import create_app, logs, memory
from webapp.config import ConfigError

try:
    app = create_app()
    if not app.extensions["config"].demo:
        logs.configure()
    memory.keep_for_good()
except ConfigError as error:
    sys.exit(f"The portal does not start. {error}")
