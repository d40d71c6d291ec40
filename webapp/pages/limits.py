"""What a page may not do: answer at the portal's URLs, or change anything outside its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

from flask import Blueprint, Flask
from werkzeug.routing import Rule

from webapp.config import ConfigError
from webapp.pages.whole import Whole

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})  # CSRF is asked of the last four
# First parts of URLs that are the portal's even where no route of this process begins with them.
RESERVED = frozenset(
    {"account", "api", "auth", "blocked", "demo", "login", "logout", "robots.txt", "session", "static"}
)
VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")  # whose converter, its arguments and its name


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
    if rule.strict_slashes or rule.merge_slashes:
        return "redirects to another spelling of its slashes: that would name whatever host is asked."
    if others := set(rule.methods or ()) - METHODS:
        return f"answers {', '.join(sorted(others))}: only {', '.join(sorted(METHODS))} are guarded."
    if not first or "<" in first:
        return "must begin with a word of its own, like /servers: it could match the portal’s URLs."
    if first in reserved:
        return f"shadows the portal’s own URLs: what begins with /{first} is the portal’s."
    return None


def require_one_page_each(app: Flask, names: list[str]) -> None:
    """Refuse two views of pages for one URL and method: one of them would never be asked. Raises ConfigError.

    With a slash behind it or without, and whatever a variable is called or may hold, it is one URL.
    """
    views = {
        (VARIABLE.sub(lambda found: f"<{found[1] or 'string'}>", rule.rule).rstrip("/"), method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in names
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    asked = Counter((url, method) for url, method, _ in views)
    for (url, method), count in sorted(asked.items()):
        if count > 1:
            raise ConfigError(f"PORTAL_PAGES: {method} {url} has {count} views: give each page URLs of its own.")
