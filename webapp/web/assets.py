"""Static files with a version in their URL, so that browsers may keep them for a year.

`static/` holds one component a file. Pages link to bundles of them, put together when the process starts: a request
each costs more than their bytes do.
"""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path

from flask import Flask, abort, request, send_file
from werkzeug.wrappers import Response

from webapp.web import htmx

YEAR_S = 31_536_000
FOLDER = Path(__file__).parents[2] / "static"
# What is served, by its URL, and the files that it is made of. Their order counts: in CSS the later of two rules of
# equal specificity wins, in JavaScript handlers of one event run in the order in which they were added.
BUNDLES = {
    "icon.svg": ("icon.svg",),
    "app.css": (
        "css/base.css",
        "css/buttons.css",
        "css/forms.css",
        "css/layout.css",
        "css/card.css",
        "css/badges.css",
        "css/notices.css",
        "css/section.css",
        "css/table.css",
        "css/pages.css",
        "css/tools.css",
        "css/import.css",
        "css/history.css",
        "css/dialog.css",
        "css/connection.css",
        "css/gate.css",
        "css/demo.css",
        "css/media.css",
        "css/print.css",
    ),
    "times.js": ("js/times.js",),
    "portal.js": (
        "js/shared.js",
        "js/dialogs.js",
        "js/escape.js",
        "js/double_click.js",
        "js/queue.js",
        "js/busy.js",
        "js/allowlist.js",
        "js/inside.js",
        "js/parameters.js",
        "js/typing.js",
        "js/paste.js",
        "js/focus.js",
        "js/connection.js",
        "js/leaving.js",
        "js/copy.js",
        "js/print.js",
        "js/import.js",
        "js/back_forward_cache.js",
        "js/heartbeat.js",
    ),
    "drafts.js": (
        "js/drafts/store.js",
        "js/drafts/reload.js",
        "js/drafts/ended_sessions.js",
        "js/drafts/keep.js",
        "js/drafts/sign_out.js",
        "js/drafts/offer.js",
    ),
}


def init_app(app: Flask) -> None:
    """Serve the bundles, and let templates link to one by `asset("app.css")`."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=send)
    app.jinja_env.globals["asset"] = asset
    versions()


@cache
def bundles() -> dict[str, bytes]:
    """Return each bundle by its name, as the process first read it: the version is of this text and no other."""
    return {name: b"".join((FOLDER / file).read_bytes() for file in files) for name, files in BUNDLES.items()}


@cache
def versions() -> dict[str, str]:
    """Return what changes with each bundle, and with htmx: 12 hexadecimal digits of its SHA-256.

    By the names that pages link to, and no others: the URL of a request may spell a file in any number of ways.
    """
    known = bundles() | {htmx.NAME: htmx.SCRIPT.read_bytes()}
    return {name: hashlib.sha256(content).hexdigest()[:12] for name, content in known.items()}


def send(filename: str) -> Response:
    """Return a bundle; 404 for any other name, the files that it is made of included."""
    if filename not in BUNDLES:
        abort(404)
    return send_file(BytesIO(bundles()[filename]), download_name=filename, etag=versions()[filename])


def asset(name: str) -> str:
    """Return the URL of a static file, as `url_for` builds it: written out, because a page links to six of them."""
    return f"{request.script_root}/static/{name}?v={versions()[name]}"


def cache_control() -> str:
    """Return how long the static file that was asked for may be kept: a year, if it is the version that was named."""
    name = (request.view_args or {}).get("filename", htmx.NAME)
    known = versions().get(name)
    return f"public, max-age={YEAR_S}, immutable" if known and request.args.get("v") == known else "no-cache"
