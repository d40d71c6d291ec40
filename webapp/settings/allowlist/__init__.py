"""The section IP allowlist of the account settings. Importing a page registers its routes on `bp`."""

from webapp.settings.allowlist import (
    activate,
    add,
    apply,
    blocked_attempts,
    check,
    deactivate,
    delete,
    edit,
    export,
    if_active,
    importing,
    last_change,
    page,
    row,
    sheet,
    signed_in,
    undo,
)
from webapp.settings.allowlist.blueprint import bp

__all__ = [
    "activate",
    "add",
    "apply",
    "blocked_attempts",
    "bp",
    "check",
    "deactivate",
    "delete",
    "edit",
    "export",
    "if_active",
    "importing",
    "last_change",
    "page",
    "row",
    "sheet",
    "signed_in",
    "undo",
]
