"""The kinds of events, all of them (R15). A kind that was stored once keeps its meaning for good.

Releases of before know LIST_KINDS and the first four of the others.
"""

from __future__ import annotations

from typing import Literal

Door = Literal["page", "api", "operator"]

LIST_KINDS = ("add", "edit", "delete", "activate", "deactivate", "import", "restore", "repair")
"""What changed a list. `import` is also what a program's PUT is; `restore` also takes an import back."""

OPERATOR_KINDS = (
    "api_token_create",
    "user_create",
    "user_disable",
    "user_enable",
    "user_role",
    "user_password",
    "api_token_revoke",
    "account_create",
    "session_end_all",
    "account_rename",
    "user_remove",
    "user_end_sessions",
    "throttle_clear",
)
"""What operators did to the account, its users, tokens and sessions."""

OWNER_KINDS = ("session_end",)
"""What owners did that changed no list: they signed somebody out."""

KINDS = (*LIST_KINDS, *OPERATOR_KINDS, *OWNER_KINDS)
