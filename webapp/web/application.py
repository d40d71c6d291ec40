"""Flask's application, with the guard before all else, and a memory for what never changes while a process lives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast
from weakref import WeakSet

import flask
from flask import has_request_context, request
from flask.typing import ResponseReturnValue

from webapp.web import shipped
from webapp.web.incoming import Request


class Application(flask.Flask):
    """Flask, which lets the guard decide first, and remembers plain paths and which functions are no coroutines."""

    request_class = Request

    def __init__(self, name: str) -> None:
        self._paths: dict[str, str] = {}
        self._plain: WeakSet[Callable[..., Any]] = WeakSet()
        templates, instance = str(shipped.TEMPLATES), str(shipped.instance_folder())
        super().__init__(name, static_folder=None, template_folder=templates, instance_path=instance)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, or one that runs a coroutine function to its end."""
        if func in self._plain:
            return func
        found = super().ensure_sync(func)
        if found is func:
            self._plain.add(func)
        return found

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Let the guard decide; then, and only then, do hooks of the route's blueprint run.

        Flask's own order runs their `url_value_preprocessor` first, and lets their handlers have what the guard raises.
        """
        for step in self.before_request_funcs[None]:
            if (answer := self.ensure_sync(step)()) is not None:
                return answer  # type: ignore[no-any-return]
        cast(Request, request).is_let_in = True
        return self._preprocess_for(reversed(request.blueprints))

    def _preprocess_for(self, blueprints: Iterable[str]) -> ResponseReturnValue | None:
        names = list(blueprints)
        for function in (one for name in names for one in self.url_value_preprocessors.get(name, ())):
            function(request.endpoint, request.view_args)
        for hook in (one for name in names for one in self.before_request_funcs.get(name, ())):
            if (answer := self.ensure_sync(hook)()) is not None:
                return answer  # type: ignore[no-any-return]
        return None

    def process_response(self, response: flask.Response) -> flask.Response:
        """Let nothing keep the portal's headers from an answer: a hook that fails isn't asked about its own error."""
        try:
            return super().process_response(response)
        except Exception:
            cast(Request, request).is_let_in = False
            raise

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Return a route's URL. As for Flask itself, a value that is None is none."""
        has_parts = endpoint.startswith(".") or any(value is not None for value in values.values())
        if has_parts or self.url_default_functions or not has_request_context() or request.script_root:
            return super().url_for(endpoint, **values)
        if endpoint not in self._paths:
            self._paths[endpoint] = super().url_for(endpoint, **values)
        return self._paths[endpoint]
