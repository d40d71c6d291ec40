"""The open routes: every other route is a portal route (R8)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request

from webapp.config import app_object, register

OPEN_ENDPOINTS = frozenset(
    {
        "sign_in.show",
        "sign_in.submit",
        "sign_out.show",
        "sign_out.submit",
        "blocked.show",
        "static",
        "htmx.script",
        "health.healthz",
        "health.readyz",
        "api.account",
        "api.ip_allowlist",
        "api.history",
        "api.replace_ip_allowlist",
        "api.openapi",
    }
)


FORWARD_AUTH = "forward_auth.check"  # closed, but asked by a proxy for another application: no page, no form of ours


@dataclass(frozen=True, slots=True)
class OpenRoutes:
    """The endpoints that an app leaves open; the demo has one more, and an adopter's pages may."""

    endpoints: frozenset[str] = OPEN_ENDPOINTS


def open_route(app: Flask, *endpoints: str) -> None:
    """Leave more endpoints of the app open: the demo's bar, what PORTAL_OPEN_ENDPOINTS names."""
    register(app, OpenRoutes(app_object(OpenRoutes, app).endpoints.union(endpoints)))


def is_forward_auth() -> bool:
    """Whether a proxy asks who somebody is: cookie and client address decide, and nothing else of the request."""
    return request.endpoint == FORWARD_AUTH


def is_open() -> bool:
    """Whether the request's route is open. An unknown URL has no endpoint and is not, but for the API's own
    404 and 405, because the API never looks at a session (R2), and for robots.txt: a crawler takes 404 as an
    answer (RFC 9309 2.3.1.3) and would read a sign-in page as rules.
    """
    if request.endpoint is None:
        return request.path.startswith("/api/") or request.path == "/robots.txt"
    return request.endpoint in app_object(OpenRoutes).endpoints
