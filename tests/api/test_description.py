"""The API's own description is a valid OpenAPI document, open, and says what there is; `webapp/api/openapi.json`."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.support.client import Portal
from webapp.config import MAX_LARGE_BODY
from webapp.domain.allowlist import MAX_NETWORKS
from webapp.domain.comment import MAX_COMMENT
from webapp.domain.reading.entries import KEYS, TOLD
from webapp.domain.token_scopes import SCOPES

URL = "/api/v1/openapi.json"


@pytest.fixture
def document(portal: Portal) -> dict[str, Any]:
    """The document, as a stranger gets it."""
    answer = portal.browser().get(URL)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    described: dict[str, Any] = answer.json
    return described


def test_it_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_it_names_every_route_of_the_api_and_no_other(portal: Portal, document: dict[str, Any]) -> None:
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    rules = (rule for rule in portal.app.url_map.iter_rules() if rule.rule.startswith("/api/"))
    there = {(rule.rule, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert described == there


def test_its_limits_and_words_are_those_of_the_code(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    put = document["paths"]["/api/v1/ip-allowlist"]["put"]
    wanted = schemas["WantedIpAllowlist"]["properties"]["networks"]
    assert wanted["maxItems"] == schemas["IpAllowlist"]["properties"]["networks"]["maxItems"] == MAX_NETWORKS
    assert schemas["Network"]["properties"]["comment"]["maxLength"] == MAX_COMMENT
    assert f"{MAX_LARGE_BODY:,} bytes" in put["requestBody"]["description"]
    assert set(schemas["WantedNetwork"]["properties"]) == KEYS | TOLD
    assert all(f"`{scope}`" in document["components"]["securitySchemes"]["token"]["description"] for scope in SCOPES)
