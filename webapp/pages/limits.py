"""What a page may not do: answer at the portal's URLs, or change anything outside its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask
from werkzeug.routing import Rule

from webapp.config import ConfigError

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})  # CSRF is asked of the last four
# First parts of URLs that are the portal's even where no route of this process begins with them.
RESERVED = frozenset(
    {"account", "api", "auth", "blocked", "demo", "login", "logout", "robots.txt", "session", "static"}
)
# How a blueprint reaches every request, by where Flask keeps it.
HOOKS = {
    "before_app_request": "before_request_funcs",
    "after_app_request": "after_request_funcs",
    "teardown_app_request": "teardown_request_funcs",
    "app_context_processor": "template_context_processors",
    "app_url_value_preprocessor": "url_value_preprocessors",
    "app_url_defaults": "url_default_functions",
}
VARIABLE = re.compile(r"<([^<>:]*:)?[^<>]*>")


@dataclass(frozen=True)
class Whole:
    """What belongs to the whole portal, before a page is registered."""

    fixed: Mapping[str, object]  # stays as it is
    grows: Mapping[str, Mapping[Any, object]]  # what is in it stays, more may come
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, app: Flask) -> Whole:
        """Return it as it is now."""
        fixed: dict[str, object] = {name: tuple(getattr(app, kept).get(None, ())) for name, kept in HOOKS.items()}
        handlers = {code: dict(found) for code, found in app.error_handler_spec.get(None, {}).items() if found}
        fixed |= {"app_errorhandler": handlers, "the guard": dict(app.extensions["portal"])}
        fixed["CSRF"] = {name: str(value) for name, value in vars(app.extensions["csrf"]).items()}
        fixed["how cookies are signed"] = app.session_interface
        jinja = app.jinja_env
        grows: dict[str, Mapping[Any, object]] = {
            "a filter": jinja.filters,
            "a test": jinja.tests,
            "a global of templates": jinja.globals,
        }
        grows |= {"a setting": app.config, "an extension": app.extensions, "a command": app.cli.commands}
        grows |= {"a converter": app.url_map.converters, "a view": app.view_functions}
        return cls(fixed, {name: dict(found) for name, found in grows.items()}, tuple(app.url_map.iter_rules()))

    def changed_in(self, later: Whole) -> str | None:
        """Return what has changed, in words for whoever wrote the page."""
        for name, was in self.fixed.items():
            if later.fixed[name] != was:
                return name
        for name, known in self.grows.items():
            for key, value in known.items():
                if later.grows[name].get(key) is not value:
                    return f"{name}: {key}"
        return None


def reserved_by(app: Flask) -> frozenset[str]:
    """Return the first parts of the portal's URLs: asked before the first page is registered."""
    return RESERVED.union(map(first_part, app.url_map.iter_rules()))


def require_own_urls(app: Flask, blueprint: Blueprint, before: Whole, reserved: Container[str]) -> None:
    """Refuse a blueprint that reaches beyond its own URLs. Raises ConfigError."""
    now = Whole.of(app)
    if changed := before.changed_in(now):
        raise ConfigError(f"it changes the whole portal ({changed}): a page’s hooks are for its own URLs only.")
    known = set(map(id, before.rules))
    for rule in (one for one in now.rules if id(one) not in known):
        if not rule.endpoint.startswith(f"{blueprint.name}."):
            raise ConfigError(f"{rule} is no route of the blueprint: add routes to it, not to the application.")
        if problem := problem_of(rule, reserved):
            raise ConfigError(f"{rule} ({rule.endpoint}) {problem}")


def first_part(rule: Rule) -> str:
    """Return the first part of a rule's path, up to the next slash, in lower case."""
    return rule.rule.split("/")[1].lower()


def problem_of(rule: Rule, reserved: Container[str]) -> str | None:
    """Return what is wrong with a page's route."""
    first = first_part(rule)
    if rule.host or rule.subdomain:
        return "names a host: the portal has one."
    if rule.redirect_to is not None or rule.websocket:
        return "redirects by itself or is a websocket’s: answer in a view."
    if others := set(rule.methods or ()) - METHODS:
        return f"answers {', '.join(sorted(others))}: only {', '.join(sorted(METHODS))} are guarded."
    if not first or "<" in first:
        return "must begin with a word of its own, like /servers: it could match the portal’s URLs."
    if first in reserved:
        return f"shadows the portal’s own URLs: what begins with /{first} is the portal’s."
    return None


def require_one_page_each(app: Flask, names: list[str]) -> None:
    """Refuse two views of pages for one URL and method: one of them would never be asked. Raises ConfigError."""
    asked = Counter(
        (VARIABLE.sub(r"<\1>", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in names
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )
    for (url, method), count in sorted(asked.items()):
        if count > 1:
            raise ConfigError(f"PORTAL_PAGES: {method} {url} has {count} views: give each page URLs of its own.")
