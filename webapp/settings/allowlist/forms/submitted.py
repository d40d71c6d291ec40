"""What a form sent, kept as it was typed; meaning is the domain's."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from flask import request

from webapp.domain.address import Address
from webapp.domain.allowlist import Refused
from webapp.domain.comment import CommentError, parse_comment
from webapp.domain.current_network import Scope, ScopeError, parse_scope
from webapp.domain.network import Network, NetworkError, parse_network
from webapp.domain.text import printable
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.forms.several import Several
from webapp.storage.events import Operation

MAX_OPERATION = 64
MAX_OFFERED = 500  # networks; more than a question offers
UNFINGERPRINTED_FIELDS = frozenset({"csrf_token", "operation", "page"})


@dataclass(frozen=True, slots=True)
class NetworkFields:
    """What a form says of a network: both fields' meaning, and what is wrong with either."""

    network: Network | None
    comment: str
    errors: dict[str, FieldError]
    is_confirmed: bool

    def checked(self, listed: Network | None = None) -> tuple[Network, str]:
        """Return the network and its comment. `listed` is what the row has been: it may stay as wide as it is.

        Raises:
            FieldErrors: for both fields at once, and `confirm_wide` for a wide network without a yes to it.
        """
        errors = self.errors
        if self.network is not None and self.network.is_wide and not self.is_confirmed and self.network != listed:
            errors = {"network": FieldError.confirm_wide(self.network)} | errors
        if errors or self.network is None:
            raise FieldErrors(**errors)
        return self.network, self.comment


class CsrfStale(Refused):
    """The form's token is not this session's: nothing was looked at."""

    code = "csrf"


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """The fields of a form as they were sent. A field sent twice keeps its first value and is an error.

    A button that corrects the network sends the form as it is, and the correction as `use`: that is the network then.
    """

    values: dict[str, str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()

    @classmethod
    def from_request(cls) -> SubmittedForm:
        """Read the request's form."""
        values = {name: sent[0] for name, sent in request.form.lists()}
        if values.get("use"):
            values["network"] = values["use"]
        return cls(values, tuple(name for name, sent in request.form.lists() if len(sent) > 1))

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def shown(self, name: str) -> str:
        """Return the field's text for the form."""
        return printable(self[name])

    @property
    def typed_network(self) -> str:
        """The network as it was typed; several lines as they were pasted, where the field holds the same in one."""
        network, pasted = self["network"], self["pasted"]
        return pasted if "".join(pasted.split()) == "".join(network.split()) else network

    def confirms(self, network: Network) -> bool:
        """Whether the form says yes to that wide network: the one that it has named, where it names one."""
        return self["confirm_wide"] == "1" and self.values.get("wide", network.text) == network.text

    @property
    def current(self) -> str | None:
        """The address that the form showed, which is compared and never used (R5a); None where it names none."""
        return self.values.get("current")

    @property
    def operation(self) -> Operation | None:
        """The form's one-time id with a fingerprint of everything sent, or None without a usable one."""
        operation_id = self["operation"]
        if not (0 < len(operation_id) <= MAX_OPERATION and operation_id.isascii() and operation_id.isprintable()):
            return None
        if self["use"]:  # Each correction is an operation of its own, though several share a form.
            operation_id = hashlib.sha256(f"{operation_id} {self['use']}".encode()).hexdigest()
        meant = sorted((name, value) for name, value in self.values.items() if name not in UNFINGERPRINTED_FIELDS)
        sent = repr((request.path, meant)).encode()
        return Operation(operation_id, hashlib.sha256(sent).hexdigest())

    def require_single(self) -> None:
        """Raise FieldErrors for fields that were sent more than once, or an operation id that cannot be one."""
        if self.repeated:
            name = self.repeated[0] if self.repeated[0] in {"network", "comment"} else "form"
            raise FieldErrors(**{name: FieldError("repeated", "This field was sent more than once. Send it once.")})
        if self["operation"] and self.operation is None:
            raise FieldErrors(form=FieldError("operation", "This form can’t be used. Reload the page and try again."))

    def network_and_comment(self, *, may_be_several: bool = False) -> NetworkFields:
        """Return both fields' meaning, with what is wrong with either; `may_be_several`: their plan is a way out."""
        errors: dict[str, FieldError] = {}
        network, comment = None, ""
        try:
            network = parse_network(self.typed_network)
        except NetworkError as error:
            several = Several.of(self.typed_network, self["comment"], error) if may_be_several else None
            errors["network"] = FieldError.of(error, several)
        try:
            comment = self.comment()
        except FieldErrors as error:
            errors |= error.errors
        return NetworkFields(network, comment, errors, is_confirmed=network is not None and self.confirms(network))

    def offered(self) -> tuple[Network, ...]:
        """Return the networks of a button that adds all that were offered, each once, or raise FieldErrors."""
        texts = dict.fromkeys(self["networks"].split(maxsplit=MAX_OFFERED) or [""])
        try:
            networks = tuple(map(parse_network, texts))
        except NetworkError as error:
            raise FieldErrors(network=FieldError.of(error)) from error
        for network in networks:
            if network.is_wide:
                raise FieldErrors(network=FieldError.confirm_wide(network))
        return networks

    def comment(self) -> str:
        """Return the comment's meaning, or raise FieldErrors."""
        try:
            return parse_comment(self["comment"])
        except CommentError as error:
            raise FieldErrors(comment=FieldError(error.code, error.message)) from error

    def scope(self, address: Address | None) -> Scope:
        """Return how much of its surroundings the current address is listed with, or raise FieldErrors.

        Where the form showed another address, its choice says nothing of the present one.
        """
        is_shown = address is not None and self.current in {None, address.text}
        try:
            return parse_scope(self["scope"], address if is_shown else None)
        except ScopeError as error:
            raise FieldErrors(form=FieldError("scope", str(error))) from error


def new_operation() -> str:
    """Return a one-time id for a form."""
    return secrets.token_urlsafe(12)
