"""What is wrong with a form's fields, as sentences with a way out."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.allowlist import Duplicate, Entry, Full, Refused
from webapp.domain.network import Network, NetworkError
from webapp.guard.portal_session import you
from webapp.settings.allowlist.forms.several import Several


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field: its class, a sentence with the way out, corrected forms to offer.

    `comment` stood around the network; `wide` is the network that must be confirmed; `several` were typed, not one.
    """

    code: str
    message: str
    suggestions: tuple[str, ...] = ()
    entry: Entry | None = None
    comment: str = ""
    wide: Network | None = None
    several: Several | None = None

    @classmethod
    def of(cls, error: NetworkError, several: Several | None = None) -> FieldError:
        """Return what is wrong with a network."""
        message = several.message if several else error.message
        return cls(error.code, message, error.suggestions, comment=error.comment, several=several)

    @classmethod
    def confirm_wide(cls, network: Network) -> FieldError:
        """Return the question whether a network may be that wide."""
        return cls("confirm_wide", wide_message(network), wide=network)


class FieldErrors(Refused):
    """Fields that cannot be used (422), by name; "form" for what belongs to no field."""

    code = "fields"

    def __init__(self, **errors: FieldError) -> None:
        super().__init__()
        self.errors = errors


def wide_message(network: Network) -> str:
    """Return what a wide network would do, for the one who must confirm it."""
    if network.prefix == 0:
        family = f"IPv{network.family}"
        return f"{network} contains every {family} address, so the list would stop no one on {family}."
    if network.family == 6:
        return f"{network} is the size of a whole provider. Add it only if all of it is yours."
    return f"{network} contains {network.size:,} addresses. Add it only if all of them are yours."


def field_errors(refusal: Refused) -> dict[str, FieldError]:
    """Return the refusal as errors of fields, where it is one."""
    if isinstance(refusal, FieldErrors):
        return refusal.errors
    if isinstance(refusal, Duplicate):
        entry = refusal.entry
        by = f", added by {you(entry.added_by, entry.added_by_id)}" if entry.added_by else ""
        return {"network": FieldError("duplicate", f"{entry.network} is already on the list{by}.", entry=entry)}
    if isinstance(refusal, Full):
        message = "The list is full at 1,000 networks. Delete one to add another."
        return {"network": FieldError("full", message)}
    return {}
