"""Templates of pages: found under names of their own."""

from __future__ import annotations

from flask import Blueprint, Flask

from webapp.config import ConfigError


def require_own(app: Flask, blueprint: Blueprint) -> None:
    """Refuse a template whose name is taken: which of both is shown would depend on an order. Raises ConfigError."""
    if blueprint.jinja_loader is None:
        return
    taken = set(app.jinja_env.list_templates())
    for name in blueprint.jinja_loader.list_templates():
        if name in taken:
            raise ConfigError(f"there is a template {name} already: put yours into a folder {blueprint.name}/.")
