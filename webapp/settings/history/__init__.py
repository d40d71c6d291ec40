"""The section History: one file a request."""

from webapp.settings.history import export
from webapp.settings.history.blueprint import bp

__all__ = ["bp", "export"]
