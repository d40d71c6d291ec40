"""The public API: its own tokens, never the session cookie, never restricted by the list (R2)."""

from flask import Blueprint

from webapp.api import account, description, history, ip_allowlist, replacing

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.add_url_rule("/account", "account", account.show)
bp.add_url_rule("/ip-allowlist", "ip_allowlist", ip_allowlist.show)
bp.add_url_rule("/history", "history", history.show)
bp.add_url_rule("/openapi.json", "openapi", description.show)
bp.add_url_rule("/ip-allowlist", "replace_ip_allowlist", replacing.replace_list, methods=["PUT"])

__all__ = ["bp"]
