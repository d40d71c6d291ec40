"""Bodies of requests: how large a form may be, and that none is read in part."""

from __future__ import annotations

from typing import IO

import flask
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

# Strangers' forms are read, too, before CSRF is asked: 16 KB of whatever cost about 10 ms. A route that takes more
# raises `request.max_content_length` for itself, once session, list and identity are accepted.
MAX_BODY = 16 * 1024
MAX_PARTS = 100  # of a multipart form; 16 KB of the other kind hold few enough fields


class Request(flask.Request):
    """A request whose body is refused (413) where it goes on at the limit, whatever it has said of its length."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; Werkzeug's own stream cuts one that comes in chunks off, and what was read passes for the whole."""
        stream = super().stream  # Refuses by Content-Length.
        if not self.environ.get("wsgi.input_terminated"):
            return stream
        return _Whole(self.environ["wsgi.input"], self.max_content_length or MAX_BODY, is_max=True)  # type: ignore[return-value]


class _Whole(LimitedStream):
    def readall(self) -> bytes:
        data = super().readall()
        if self.is_exhausted:
            self.on_exhausted()
        return data
