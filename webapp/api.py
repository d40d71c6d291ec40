"""The public API: its own tokens, never the session cookie, never restricted by the list (R2)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.storage import allowlists, tokens
from webapp.storage.tokens import TokenAccount

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/account")
def account() -> Response:
    """Return the token's account."""
    found = token_account()
    return unauthorized() if found is None else jsonify(id=found.account_id, name=found.name)


@bp.get("/ip-allowlist")
def ip_allowlist() -> Response:
    """Return the list: state and networks, newest first."""
    found = token_account()
    if found is None:
        return unauthorized()
    stored = allowlists.load(found.account_id)
    networks: list[dict[str, Any]] = [
        {
            "id": entry.id,
            "network": entry.network.text,
            "comment": entry.comment,
            "added_at": entry.added_at.isoformat() if entry.added_at else None,
            "added_by": entry.added_by,
        }
        for entry in stored.entries
    ]
    return jsonify(state="active" if stored.active else "inactive", networks=networks)


def token_account() -> TokenAccount | None:
    """Return the account of the request's bearer token (RFC 6750 2.1), or None."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return tokens.find_account(token.strip()) if scheme.lower() == "bearer" and token.strip() else None


def unauthorized() -> Response:
    """Return 401 with the challenge (RFC 6750 3)."""
    response = jsonify(error="unauthorized", message="Send an API token: Authorization: Bearer TOKEN.")
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'Bearer realm="portal"'
    return response
