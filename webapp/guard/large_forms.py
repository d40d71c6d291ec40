"""Forms that may be large, texts of networks: read only for somebody who is let in."""

from __future__ import annotations

from typing import cast

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.standing import SignedOut
from webapp.guard import page_identity, portal_session
from webapp.guard.allowlist import require_admitted
from webapp.storage.engine.deadlines import deadline_paused
from webapp.web.incoming import Request

ENDPOINTS = frozenset({"allowlist.plan_import", "allowlist.apply_import"})


def require_access_first() -> Response | None:
    """Judge session, list and the identity that a header names before a large form is read.

    Reading it takes time, the sender's and not the database's, so the road's own steps judge again afterwards, by
    another look at the session (R8b).

    Raises:
        SignedOut, NotLetIn: its sender is not let in.
    """
    if request.endpoint not in ENDPOINTS:
        return None
    if not portal_session.is_signed_in():
        raise SignedOut
    require_admitted()
    refusal = page_identity.refuse_other(page_identity.sent_by_header())
    if refusal is None:
        portal_session.forget()
        cast(Request, request).allow_large_body()
        with deadline_paused():
            _ = request.form  # is read where it is asked for first
    return refusal
