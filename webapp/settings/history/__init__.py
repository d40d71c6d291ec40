"""The section History of the account settings: who changed what, and who came in (R15)."""

from webapp.settings.history import event, export, page, restore, undo
from webapp.settings.history.blueprint import bp

__all__ = ["bp", "event", "export", "page", "restore", "undo"]
