"""Bearer tokens of the public API (RFC 6750), and how often a client may send wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Response, jsonify, request

from webapp.guard.client_address import current_address
from webapp.identity.sign_in import limits
from webapp.runtime import clock, logs
from webapp.storage import api_tokens, throttle
from webapp.storage.api_tokens import TokenAccount


def authenticated(view: Callable[[TokenAccount], Response]) -> Callable[[], Response]:
    """Let only a request with a right token reach the view, which gets the token's account."""

    @wraps(view)
    def authenticate() -> Response:
        account = token_account()
        return unauthorized() if account is None else view(account)

    return authenticate


def token_account() -> TokenAccount | None:
    """Return the account of the request's bearer token (RFC 6750 2.1), or None."""
    token = sent_token()
    return api_tokens.find_account(token) if token else None


def sent_token() -> str:
    """Return the request's bearer token, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def unauthorized() -> Response:
    """Return 401 with the challenge (RFC 6750 3); 429 to a client that has sent too many wrong tokens."""
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
