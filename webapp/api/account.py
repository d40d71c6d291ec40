"""The account that an API token opens."""

from __future__ import annotations

from flask import Response, jsonify

from webapp.api.authentication import authenticated
from webapp.domain.token_scopes import READ
from webapp.storage.api_tokens import Access


@authenticated(READ)
def show(access: Access) -> Response:
    """Return the token's account."""
    return jsonify(id=access.account_id, name=access.account_name)
