"""Flask's application, with a memory for what never changes while a process lives: a page asks it 25 times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import flask
from flask import has_request_context, request


class Application(flask.Flask):
    """Flask, which remembers the paths of routes without parameters, and which functions are no coroutines."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self._paths: dict[str, str] = {}
        self._plain: WeakSet[Callable[..., Any]] = WeakSet()
        super().__init__(*arguments, **more)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, or one that runs a coroutine function to its end."""
        if func in self._plain:
            return func
        found = super().ensure_sync(func)
        if found is func:
            self._plain.add(func)
        return found

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Return a route's URL. As for Flask itself, a value that is None is none."""
        has_parts = endpoint.startswith(".") or any(value is not None for value in values.values())
        if has_parts or not has_request_context() or request.script_root:
            return super().url_for(endpoint, **values)
        if endpoint not in self._paths:
            self._paths[endpoint] = super().url_for(endpoint, **values)
        return self._paths[endpoint]
