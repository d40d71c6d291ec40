"""HTMX: the only place that names its headers; and its script, served from the package that ships it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask
from flask import Blueprint, make_response, render_template, request, send_file
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

bp = Blueprint("htmx", __name__)
SCRIPT = files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js"
NAME = "htmx.js"


@bp.get(f"/static/{NAME}")
def script() -> Response:
    """Return htmx 2."""
    return send_file(str(SCRIPT), mimetype="text/javascript", conditional=True)


def is_htmx() -> bool:
    """Whether the request comes from htmx and wants a partial; never of a history restore."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def target() -> str:
    """Return the id of the element that the answer is for."""
    return request.headers.get("HX-Target", "")


def source() -> str:
    """Return the id of the element that asks."""
    return request.headers.get("HX-Trigger", "")


def current_url() -> str:
    """Return the URL of the page that htmx says it is on, as it was sent."""
    return request.headers.get("HX-Current-URL", "")


def current_query() -> dict[str, str]:
    """Return the query string of that URL; of a name that is there twice, the last."""
    try:
        return dict(parse_qsl(urlsplit(current_url()).query))
    except ValueError:
        return {}


def redirect(url: str, status: int) -> Response:
    """Return an answer that makes the browser go to `url`: htmx would swap in what a 3xx leads to.

    Encoded like the Location of a 3xx: a header holds ASCII only.
    """
    return lead_to(Response(status=status), url)


def lead_to(response: Response, url: str) -> Response:
    """Return the response, which makes htmx go to `url` instead of swapping it in."""
    response.headers["HX-Redirect"] = iri_to_uri(url)
    return response


def see_other(url: str) -> Response:
    """Return an answer that leads to another page: 303, to htmx never a 3xx."""
    return redirect(url, status=200) if is_htmx() else flask.redirect(url, code=303)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Return a full page. It has no partial: to htmx the answer makes the browser load what was asked for by itself."""
    if not is_htmx():
        return make_response(render_template(template, **context), status)
    if request.method in {"GET", "HEAD"}:
        return redirect(request.full_path.rstrip("?"), status=204)
    return redirect(request.path, status)


def retarget(response: Response, selector: str, swap: str) -> Response:
    """Return the response, to be swapped in elsewhere than the request's element said."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = swap
    return response


def trigger(response: Response, event: str, detail: Mapping[str, object]) -> Response:
    """Return the response, with an event for the page's script."""
    response.headers["HX-Trigger"] = json.dumps({event: dict(detail)})
    return response


def push_url(response: Response, url: str) -> Response:
    """Return the response, with the URL of the page that it makes of the present one."""
    response.headers["HX-Push-Url"] = url
    return response


def replace_url(response: Response, url: str) -> Response:
    """Return the response, with the URL that the browser is to show instead of the present one."""
    response.headers["HX-Replace-Url"] = url
    return response


def vary(response: Response) -> None:
    """Let caches keep apart what htmx was answered and what the browser itself was."""
    response.headers.add("Vary", "HX-Request")
