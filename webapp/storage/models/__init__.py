"""The tables. Constraint names follow one convention, so that they agree on SQLite and PostgreSQL."""

from webapp.storage.models.base import Base, table_of
from webapp.storage.models.blocked import BlockedAttempt, BlockedReference
from webapp.storage.models.history import Event, EventNetwork, ListSnapshot
from webapp.storage.models.lists import NetworkRow
from webapp.storage.models.people import Account, ApiToken, Membership, User
from webapp.storage.models.signing_in import (
    PortalAccess,
    PortalSessionRow,
    PortalUse,
    SessionTombstone,
    SignIn,
    SignInFailures,
)

__all__ = [
    "Account",
    "ApiToken",
    "Base",
    "BlockedAttempt",
    "BlockedReference",
    "Event",
    "EventNetwork",
    "ListSnapshot",
    "Membership",
    "NetworkRow",
    "PortalAccess",
    "PortalSessionRow",
    "PortalUse",
    "SessionTombstone",
    "SignIn",
    "SignInFailures",
    "User",
    "table_of",
]
