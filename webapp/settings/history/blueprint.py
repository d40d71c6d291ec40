"""The section's blueprint, and who may use it."""

from __future__ import annotations

from flask import Blueprint, request

from webapp.domain.standing import NotOwner
from webapp.guard import portal_session

bp = Blueprint("history", __name__, url_prefix="/account/settings/history")


@bp.before_request
def require_owner() -> None:
    """Let members see who the owners are, and nothing else under the section's URL (R1).

    Raises:
        NotOwner: for everything else.
    """
    if not portal_session.current().is_owner and request.endpoint != "history.show":
        raise NotOwner
