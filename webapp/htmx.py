"""HTMX: the only place that names its headers; and its script, served from the package that ships it."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint, request, send_file
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


def redirect(url: str, status: int) -> Response:
    """Return an answer that makes the browser go to `url`: htmx would swap in what a 3xx leads to."""
    return Response(status=status, headers={"HX-Redirect": url})


def retarget(response: Response, selector: str, swap: str) -> Response:
    """Return the response, to be swapped in elsewhere than the request's element said."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = swap
    return response
