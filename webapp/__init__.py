"""The customer portal. `create_app` is the table of contents: a request runs through it from top to bottom."""

from __future__ import annotations

from flask import Flask

from webapp import api, demo, identity, settings, storage
from webapp.config import Config, flask_settings, register
from webapp.guard import allowlist, client_address, csrf, hosts, large_forms, page_identity, portal_session
from webapp.guard.allowlist_cache import AllowlistCache
from webapp.guard.open_routes import OpenRoutes
from webapp.operations import change_log, cli, health
from webapp.pages import registration
from webapp.runtime import logs
from webapp.web import assets, errors, headers, htmx, signing, templating
from webapp.web.application import Application

__all__ = ["create_app"]


def create_app(config: Config | None = None) -> Flask:
    """Return the portal. Without `config`, settings come from the environment.

    Raises:
        ConfigError: a setting is missing or cannot be used; nothing is served.
    """
    config = config or Config.from_env()
    app = Application(__name__)
    app.config.from_mapping(flask_settings(config))
    app.url_map.merge_slashes = app.url_map.redirect_defaults = False  # The redirect names whatever host is asked.
    register(app, config, config.trusted_proxies, AllowlistCache(), OpenRoutes())

    logs.init_app(app)
    storage.init_app(app, config)
    change_log.init_app(app)
    templating.init_app(app, config)
    assets.init_app(app, config)
    errors.init_app(app)
    headers.init_app(app, config)
    signing.init_app(app)
    client_address.init_app(app)
    portal_session.init_app(app)
    page_identity.init_app(app)
    identity.init_app(app)
    settings.init_app(app)

    # A request, in the order it runs. CSRF after the list: registered first, it would answer a blocked person
    # with 400, and enforcement would never run. After page identity: it gives stale forms a fresh token.
    app.before_request(hosts.require_public_host)
    app.before_request(demo.resolve_client if config.demo else client_address.resolve_client)
    app.before_request(large_forms.require_access_first)
    app.before_request(allowlist.require_portal_session)
    app.before_request(allowlist.require_listed_address)
    app.before_request(page_identity.require_same_identity)
    csrf.init_app(app)

    for blueprint in (htmx.bp, health.bp, *identity.blueprints, *settings.blueprints):
        app.register_blueprint(blueprint)
    csrf.exempt(api.bp)
    app.register_blueprint(api.bp)
    cli.init_app(app)
    if config.demo:
        demo.init_app(app)
    registration.init_app(app, config)
    templating.share_macros(app)
    return app
