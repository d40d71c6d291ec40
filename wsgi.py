"""The WSGI entry point of a checkout: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from webapp.wsgi import app

__all__ = ["app"]
