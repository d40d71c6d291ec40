"""Templates of pages: found under names of their own."""

from __future__ import annotations

from flask import Blueprint, Flask
from jinja2 import BaseLoader, FileSystemLoader

from webapp.config import ConfigError


def require_own(app: Flask, blueprint: Blueprint) -> None:
    """Refuse a template whose name is taken: which of both is shown would depend on an order. Raises ConfigError.

    Pages of one package share its folder of templates: these were looked at with the first of them.
    """
    loader = blueprint.jinja_loader
    if loader is None or _folders(loader) in [_folders(other.jinja_loader) for other in app.blueprints.values()]:
        return
    taken = set(app.jinja_env.list_templates())
    for name in loader.list_templates():
        if name in taken:
            raise ConfigError(f"there is a template {name} already: put yours into a folder {blueprint.name}/.")


def _folders(loader: BaseLoader | None) -> object:
    """Return where templates are looked for; what is like nothing else, where that is in no folder."""
    return loader.searchpath if isinstance(loader, FileSystemLoader) else object()
