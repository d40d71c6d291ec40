"""Templates of pages: found under names of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import Flask
from flask.sansio.blueprints import Blueprint
from jinja2 import BaseLoader, FileSystemLoader

from webapp.config import ConfigError


class Known(NamedTuple):
    """Templates that were there before a page was registered, by name, and the folders of those that pages have."""

    names: frozenset[str]
    folders: tuple[object, ...]


def known(app: Flask) -> Known:
    """Return them as they are now."""
    folders = tuple(_folders(blueprint.jinja_loader) for blueprint in app.blueprints.values())
    return Known(frozenset(app.jinja_env.list_templates()), folders)


def require_own(blueprints: Iterable[Blueprint], before: Known) -> None:
    """Refuse a template whose name is taken: which of both is shown would depend on an order. Raises ConfigError.

    `blueprints` are a page's and those that it has registered on its own. Pages of one package share its folder of
    templates: these were looked at with the first of them.
    """
    for blueprint in blueprints:
        loader = blueprint.jinja_loader
        if loader is None or _folders(loader) in before.folders:
            continue
        for name in loader.list_templates():
            if name in before.names:
                raise ConfigError(f"there is a template {name} already: put yours into a folder {blueprint.name}/.")


def _folders(loader: BaseLoader | None) -> object:
    """Return where templates are looked for; what is like nothing else, where that is in no folder."""
    return loader.searchpath if isinstance(loader, FileSystemLoader) else object()
