"""The account that an API token opens."""

from __future__ import annotations

from flask import Response, jsonify

from webapp.api.authentication import authenticated
from webapp.storage.api_tokens import TokenAccount


@authenticated
def show(account: TokenAccount) -> Response:
    """Return the token's account."""
    return jsonify(id=account.account_id, name=account.name)
