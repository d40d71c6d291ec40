"""Account settings: a page of sections, each with a URL and a tab."""

from webapp.settings import general
from webapp.settings.allowlist import add_form, check, networks, page, restore, tools

blueprints = (general.bp, page.bp)

__all__ = ["add_form", "blueprints", "check", "networks", "restore", "tools"]
