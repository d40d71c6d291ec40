"""Adopters' pages, as PORTAL_PAGES names them: registered behind the guard, or the process does not start."""

from __future__ import annotations

import logging
from importlib import import_module

from flask import Blueprint, Flask

from webapp.config import Config, ConfigError
from webapp.guard.open_routes import open_route
from webapp.pages import limits, navigation, templates
from webapp.pages.whole import Whole

log = logging.getLogger(__name__)


def init_app(app: Flask, config: Config) -> None:
    """Register the pages, and open the endpoints that PORTAL_OPEN_ENDPOINTS names.

    Raises:
        ConfigError: a page can't be loaded, or would change more than URLs of its own.
    """
    reserved = limits.reserved_by(app)
    names = [register(app, path, reserved) for path in config.pages]
    limits.require_one_page_each(app, names)
    for endpoint in config.open_endpoints:
        open_page(app, names, endpoint)
    navigation.init_app(app, names)


def register(app: Flask, path: str, reserved: frozenset[str]) -> str:
    """Register the blueprint at an import path; return its name."""
    try:
        blueprint = load(path)
        if blueprint.name in app.blueprints:
            raise ConfigError(f"there is a blueprint {blueprint.name!r} already: give this one another name.")
        there, named = set(app.blueprints), templates.known(app)
        before = Whole.of(app)
        app.url_map.strict_slashes = False  # A redirect to the spelling with a slash would name whatever host is asked.
        app.register_blueprint(blueprint)
        app.url_map.strict_slashes = True
        templates.require_own([app.blueprints[name] for name in app.blueprints if name not in there], named)
        limits.require_own_urls(app, blueprint, before, reserved)
        navigation.require_sound(app, blueprint)
    except (Exception, SystemExit) as error:  # an adopter's module may raise anything
        said = " ".join(f"{error}".split())
        what = said if isinstance(error, ConfigError) else f"it can’t be loaded: {type(error).__name__}: {said}"
        raise ConfigError(f"PORTAL_PAGES: {path}: {what}") from error
    return blueprint.name


def load(path: str) -> Blueprint:
    """Import the module in front of the colon, and return the blueprint that is behind it."""
    module, colon, name = path.partition(":")
    if not (colon and name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise ConfigError("name a module and its blueprint, like acme.servers:pages.")
    found = getattr(import_module(module), name, None)
    if not isinstance(found, Blueprint):
        raise ConfigError(f"{name} in {module} is no Flask blueprint.")
    return found


def open_page(app: Flask, names: list[str], endpoint: str) -> None:
    """Leave an endpoint of a page open, and say so each time the process starts."""
    if endpoint.partition(".")[0] not in names or endpoint not in app.view_functions:
        raise ConfigError(f"PORTAL_OPEN_ENDPOINTS: {endpoint} is no endpoint of the pages that PORTAL_PAGES names.")
    open_route(app, endpoint)
    urls = ", ".join(sorted({str(rule) for rule in app.url_map.iter_rules(endpoint)}))
    log.warning("PORTAL_OPEN_ENDPOINTS: %s is open: everybody reaches %s, from everywhere", endpoint, urls)
