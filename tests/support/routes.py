"""Every route of an app as a path to ask, whoever has added it: for the sweeps over the URL map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, BaseConverter, FloatConverter, IntegerConverter, UUIDConverter

KNOWN = {"filename": "app.css"}


def path_of(rule: Rule, known: Mapping[str, Any] = KNOWN) -> str:
    """Return a path that the rule matches; `known`: what stands for some of its variables."""
    values = {name: known.get(name, sample(rule._converters[name])) for name in rule.arguments}  # noqa: SLF001
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def sample(converter: BaseConverter) -> Any:
    """Return something that a converter takes."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, IntegerConverter | FloatConverter):
        return converter.min or 1
    return "00000000-0000-4000-8000-000000000001" if isinstance(converter, UUIDConverter) else "x"


def paths(app: Flask, known: Mapping[str, Any] = KNOWN) -> list[tuple[str, str, set[str]]]:
    """Return every rule as a path, with its endpoint and methods."""
    return [(path_of(rule, known), rule.endpoint, rule.methods or set()) for rule in app.url_map.iter_rules()]
