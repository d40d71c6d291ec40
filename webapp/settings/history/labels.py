"""What the section calls the kinds of events, their groups, and the doors."""

from __future__ import annotations

from webapp.domain.history_query import OPERATOR, View

VIEWS: dict[View, str] = {"changes": "Changes", "access": "Sign-ins and blocked attempts"}
GROUPS = {
    "networks": "Networks",
    "state": "Activated and deactivated",
    "people": "People",
    "tokens": "API tokens",
    "sessions": "Signed out",
}
KINDS = {
    "add": "Network added",
    "edit": "Network changed",
    "delete": "Network deleted",
    "import": "Many networks at once",
    "restore": "Brought back",
    "repair": "List repaired",
    "activate": "List activated",
    "deactivate": "List deactivated",
    "user_create": "Person added",
    "user_role": "Role changed",
    "user_disable": "Person disabled",
    "user_enable": "Person enabled",
    "user_password": "Password changed",
    "api_token_create": "API token made",
    "api_token_revoke": "API token revoked",
    "session_end": "Person signed out",
    "session_end_all": "Everybody signed out",
    "account_create": "Account opened",
    "account_rename": "Account renamed",
    "user_remove": "Person removed",
    "user_end_sessions": "Person signed out everywhere",
    "throttle_clear": "Sign-in made free again",
}
ACCESS = {"sign_in": "Sign-ins", "blocked": "Blocked attempts"}
DOORS = {"page": "in the portal", "api": "by the API", "operator": "by a command on the server"}
WHO_ELSE = {OPERATOR: "Operator"}
WHAT = {"changes": {"Groups": GROUPS, "One kind": KINDS}, "access": {"Kinds": ACCESS}}
"""What can be chosen as `what`, by view: the options of each group of them."""
