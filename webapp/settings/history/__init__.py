"""The section History of the account settings: who changed what, and who came in (R15)."""

from webapp.settings.history import event, page
from webapp.settings.history.blueprint import bp

__all__ = ["bp", "event", "page"]
