"""The public API: its own tokens, never the session cookie, never restricted by the list (R2)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.guard.client_address import current_address
from webapp.identity.sign_in import limits
from webapp.runtime import clock, logs
from webapp.storage import allowlists, api_tokens, throttle
from webapp.storage.api_tokens import TokenAccount

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
    token = sent_token()
    return api_tokens.find_account(token) if token else None


def sent_token() -> str:
    """Return the request's bearer token, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def unauthorized() -> Response:
    """Return 401 with the challenge (RFC 6750 3); 429 to whoever has sent too many wrong tokens."""
    wait = seconds_to_wait() if sent_token() else 0
    if wait:
        return too_many(wait)
    response = jsonify(error="unauthorized", message="Send an API token: Authorization: Bearer TOKEN.")
    response.status_code = 401
    response.headers["WWW-Authenticate"] = 'Bearer realm="portal"'
    return response


def seconds_to_wait() -> int:
    """Return for how long the client must send no further wrong token; 0 where it may, and this one is counted.

    A right one is never asked about: nobody else behind the address can shut it out.
    """
    client, allowed, now = throttle.client_of(current_address()), limits(), clock.now()
    wait = throttle.seconds_to_wait(client, allowed, now)
    if not wait:
        throttle.record_wrong_token(client, allowed, now)
    return wait


def too_many(wait: int) -> Response:
    """Return 429."""
    logs.record("api_token", "throttled")
    response = jsonify(error="too_many_requests", message=f"Too many wrong API tokens. Try again in {wait} seconds.")
    response.status_code = 429
    response.headers["Retry-After"] = str(wait)
    return response
