"""Account settings: a page of sections, each with a URL and a tab."""

from webapp.settings import allowlist, check, filling, general, networks, restore, tools

blueprints = (general.bp, allowlist.bp)

__all__ = ["blueprints", "check", "filling", "networks", "restore", "tools"]
