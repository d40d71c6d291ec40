"""Bearer tokens of the public API (RFC 6750), and how often a client may send wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Response, g, request

from webapp.guard.client_address import current_address
from webapp.identity.sign_in import limits
from webapp.runtime import clock, logs
from webapp.storage import api_tokens, throttle
from webapp.storage.api_tokens import Access
from webapp.web.problems import failure

CHALLENGE = 'Bearer realm="portal"'
View = Callable[[Access], Response]


def authenticated(scope: str) -> Callable[[View], Callable[[], Response]]:
    """Let only a request with a token of that scope reach the view, which gets what the token opens."""

    def decorate(view: View) -> Callable[[], Response]:
        @wraps(view)
        def authenticate() -> Response:
            access = token_access()
            if access is None:
                return unauthorized()
            g.api_access = access  # for the log
            if access.has_ended:
                return ended()
            return view(access) if access.may(scope) else insufficient(scope)

        return authenticate

    return decorate


def token_access() -> Access | None:
    """Return what the request's bearer token opens (RFC 6750 2.1), or None."""
    token = sent_token()
    return api_tokens.find(token) if token else None


def sent_token() -> str:
    """Return the request's bearer token, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def unauthorized() -> Response:
    """Return 401 with the challenge (RFC 6750 3); 429 to a client that has sent too many wrong tokens."""
    wait = seconds_to_wait() if sent_token() else 0
    if wait:
        return too_many(wait)
    response = failure(401, "unauthorized", "Send an API token: Authorization: Bearer TOKEN.")
    response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def ended() -> Response:
    """Return 401: the person whom the token acts for is no owner of the account any more, or is disabled (R18)."""
    logs.record("api_token", "ended")
    message = "This API token has ended: whom it acts for is no owner any more. Ask an owner for another one."
    response = failure(401, "unauthorized", message)
    response.headers["WWW-Authenticate"] = f'{CHALLENGE}, error="invalid_token"'
    return response


def insufficient(scope: str) -> Response:
    """Return 403: the token may do less than that (RFC 6750 3.1)."""
    logs.record("refused", "insufficient_scope")
    message = f"This API token lacks the scope {scope}. Ask whoever runs the portal for another one."
    response = failure(403, "insufficient_scope", message)
    response.headers["WWW-Authenticate"] = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
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
    response = failure(429, "too_many_requests", f"Too many wrong API tokens. Try again in {wait} seconds.")
    response.headers["Retry-After"] = str(wait)
    return response
