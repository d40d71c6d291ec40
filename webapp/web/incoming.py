"""Requests as they come in: how large a form may be, that no form is read in part, and bytes that are not text."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import flask
from werkzeug.exceptions import BadRequest
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from webapp.config import MAX_BODY, MAX_LARGE_BODY, MAX_PARTS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ASCII = bytes(range(128))


class Request(flask.Request):
    """A request whose body is refused (413) where it is longer than the limit, whatever its Content-Length says."""

    is_let_in = False

    def __init__(self, environ: WSGIEnvironment, *arguments: Any, **more: Any) -> None:
        """Percent-encode what a URL cannot hold (RFC 3986 2.1): Werkzeug fails at a query's bytes that are no UTF-8."""
        super().__init__(environ, *arguments, **more)
        if self.query_string:
            self.query_string = quote(self.query_string, safe=ASCII).encode()

    @property
    def blueprints(self) -> list[str]:
        """Whose hooks and error handlers see the request: nobody's before it is let in, nor what refuses it."""
        return super().blueprints if self.is_let_in else []

    def allow_large_body(self) -> None:
        """Let the body be as large as a text of networks may be: once its sender is let in, before it is read."""
        self.max_content_length = self.max_form_memory_size = MAX_LARGE_BODY
        self.form_data_parser_class = _FewFields

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. Werkzeug's own stream ends a chunked body at the limit, as if that were all of it."""
        stream = super().stream  # Refuses by Content-Length.
        if not self.environ.get("wsgi.input_terminated"):
            return stream
        if self.content_length is not None:  # Where the connection ends before that: 400.
            return LimitedStream(self.environ["wsgi.input"], self.content_length)  # type: ignore[return-value]
        return _Whole(self.environ["wsgi.input"], self.max_content_length or MAX_BODY, is_max=True)  # type: ignore[return-value]


class _FewFields(FormDataParser):
    """Reads a large form: few fields, in UTF-8. Of anything else Werkzeug makes something, which takes a second."""

    def parse(self, stream: IO[bytes], mimetype: str, *more: Any, **options: Any) -> Any:
        if mimetype != "application/x-www-form-urlencoded":
            return super().parse(stream, mimetype, *more, **options)
        try:
            text = stream.read().decode()
            fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARTS)
        except ValueError as error:
            raise BadRequest from error
        return stream, self.cls(fields), self.cls()


class _Whole(LimitedStream):
    def readall(self) -> bytes:
        data = super().readall()
        if self.is_exhausted:
            self.on_exhausted()
        return data
