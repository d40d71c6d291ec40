"""Pages in the side bar."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, cast

from flask import Flask, request
from flask.sansio.blueprints import Blueprint
from jinja2 import BaseLoader

from webapp.config import ConfigError

ICONS = "web/_icons.html"
NAMED = re.compile(r'name == "(\w+)"')


class Entry(NamedTuple):
    """A link of the side bar."""

    label: str
    endpoint: str
    icon: str


def init_app(app: Flask, names: list[str]) -> None:
    """Let the layout show the entries of the registered pages, in their order."""
    entries = tuple(entry for name in names for entry in entries_of(app.blueprints[name]))
    app.jinja_env.globals |= {"navigation": entries, "present_entry": lambda: present(entries)}


def entries_of(blueprint: Blueprint) -> list[Entry]:
    """Return the entries that a blueprint carries. Raises ConfigError where they are something else."""
    found: Any = getattr(blueprint, "navigation", ())
    if not (isinstance(found, list | tuple) and all(is_entry(row) for row in found)):
        raise ConfigError('navigation is a list like [("Servers", ".show", "server")]: label, endpoint, icon.')
    return [Entry(label, f"{blueprint.name}{end}" if end.startswith(".") else end, icon) for label, end, icon in found]


def is_entry(row: object) -> bool:
    """Whether it is three texts."""
    if not isinstance(row, list | tuple) or len(row) != 3:
        return False
    return all(isinstance(part, str) and part.strip() for part in row)


def require_sound(app: Flask, blueprint: Blueprint) -> None:
    """Refuse an entry that leads nowhere, or has no icon. Raises ConfigError."""
    icons = icon_names(app)
    for entry in entries_of(blueprint):
        rules = app.url_map.iter_rules(entry.endpoint) if entry.endpoint in app.view_functions else ()
        if not entry.endpoint.startswith(f"{blueprint.name}.") or not any(is_page(rule) for rule in rules):
            raise ConfigError(f"navigation: {entry.endpoint} is no page of the blueprint that a link can lead to.")
        if entry.icon not in icons:
            raise ConfigError(f"navigation: there is no icon {entry.icon!r}: choose one of {', '.join(sorted(icons))}.")


def is_page(rule: Any) -> bool:
    """Whether a link without values leads there."""
    return "GET" in (rule.methods or ()) and not rule.arguments


def icon_names(app: Flask) -> set[str]:
    """Return the names of the icons, which their template tells apart."""
    source, _, _ = cast(BaseLoader, app.jinja_env.loader).get_source(app.jinja_env, ICONS)
    return set(NAMED.findall(source))


def present(entries: tuple[Entry, ...]) -> Entry | None:
    """Return the entry of the page that is shown: its own, or the first one of its blueprint."""
    of_blueprint = (request.blueprint or "").partition(".")[0]
    near = [entry for entry in entries if entry.endpoint.partition(".")[0] == of_blueprint]
    return next((entry for entry in near if entry.endpoint == request.endpoint), near[0] if near else None)
