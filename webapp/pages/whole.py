"""The portal as it was before a page was registered: a page adds to it, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

# How a blueprint reaches every request, by where Flask keeps it.
HOOKS = {
    "before_app_request": "before_request_funcs",
    "after_app_request": "after_request_funcs",
    "teardown_app_request": "teardown_request_funcs",
    "app_context_processor": "template_context_processors",
    "app_url_value_preprocessor": "url_value_preprocessors",
    "app_url_defaults": "url_default_functions",
}


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
        fixed["Flask-Login"] = (app.login_manager, dict(vars(app.login_manager)))  # type: ignore[attr-defined]
        fixed["the WSGI application"] = app.wsgi_app, app.request_class, app.response_class, app.session_interface
        # One of a page's own would run while the URL is looked up, before the guard: for everybody.
        fixed["a converter"] = dict(app.url_map.converters)
        jinja = app.jinja_env
        grows: dict[str, Mapping[Any, object]] = {
            "a filter": jinja.filters,
            "a test": jinja.tests,
            "a global of templates": jinja.globals,
        }
        grows |= {"a setting": app.config, "an extension": app.extensions, "a command": app.cli.commands}
        grows["a view"] = app.view_functions
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
