"""How Jinja is set up: an undefined name is an error, not a blank. Packages add what else templates ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from flask import Flask, request
from jinja2 import StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from webapp.config import Config
from webapp.web import filters

SHARED_MACROS = {"web/_icons.html": ("icon",), "web/_form.html": ("identified", "htmx", "into", "changing_form")}
INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)


def init_app(app: Flask, config: Config) -> None:
    """Set up Jinja, with the filters of `web/filters.py`."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(WithoutIndents)
    app.jinja_env.globals |= {"is_demo": config.demo, "overview_path": config.overview, "is_current": is_current}
    app.jinja_env.globals |= {"portal_name": config.portal_name, "support": config.support, "help_url": config.help_url}
    for filter_ in filters.FILTERS:
        app.add_template_filter(filter_)


def share_macros(app: Flask) -> None:
    """Let every template call the macros of `web/` without importing them: Jinja compares names at each import.

    Called when all globals are there: macros see those of the moment.
    """
    for template, names in SHARED_MACROS.items():
        module = app.jinja_env.get_template(template).module
        app.jinja_env.globals |= {name: getattr(module, name) for name in names}
    icon: Callable[[str], Markup] = app.jinja_env.globals["icon"]  # type: ignore[assignment]
    app.jinja_env.globals["icon"] = cache(icon)


class WithoutIndents(Extension):
    """Templates are indented for their readers: no answer carries that to a browser."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the template's source with every line beginning at its first character."""
        return INDENTS.sub("", source)


def is_current(*endpoints: str) -> bool:
    """Whether the request is for one of these pages, or for something under it: for the endpoint's blueprint."""
    return request.blueprint in {endpoint.partition(".")[0] for endpoint in endpoints}
