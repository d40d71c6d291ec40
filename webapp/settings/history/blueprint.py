"""The section's blueprint, and who may use it."""

from __future__ import annotations

from flask import Blueprint

from webapp.domain.standing import NotOwner
from webapp.guard import portal_session

bp = Blueprint("history", __name__, url_prefix="/account/settings/history")


@bp.before_request
def require_owner() -> None:
    """Let owners see what was done in their account, and nobody else (R1, R15).

    Raises:
        NotOwner: for everybody else.
    """
    if not portal_session.current().is_owner:
        raise NotOwner
