"""Static files with a version in their URL, so that browsers may keep them for a year.

`static/` holds one component a file. Pages link to bundles of them, put together when the process starts: a request
each costs more than their bytes do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from flask import Flask, abort, request, send_file
from werkzeug.wrappers import Response

from webapp.config import Config, app_object, register
from webapp.web import brand, htmx, shipped

YEAR_S = 31_536_000
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


@dataclass(frozen=True, slots=True)
class Served:
    """What one app serves: its files by the names that pages link to, and the version of each, htmx's included."""

    contents: dict[str, bytes]
    versions: dict[str, str]


def init_app(app: Flask, config: Config) -> None:
    """Serve the bundles and the brand, and let templates link to one by `asset("app.css")`.

    Raises:
        ConfigError: a file of the brand is missing or cannot be served.
    """
    own = brand.read(config.brand_dir)
    register(app, Served(bundles() | own, versions() | {name: version(content) for name, content in own.items()}))
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=send)
    app.jinja_env.globals |= {"asset": asset, "is_branded": bool(own)}


@cache
def bundles() -> dict[str, bytes]:
    """Return each bundle by its name, as the process first read it: the version is of this text and no other."""
    return {name: b"".join((shipped.STATIC / file).read_bytes() for file in files) for name, files in BUNDLES.items()}


@cache
def versions() -> dict[str, str]:
    """Return what changes with each bundle, and with htmx: 12 hexadecimal digits of its SHA-256.

    By the names that pages link to, and no others: the URL of a request may spell a file in any number of ways.
    """
    known = bundles() | {htmx.NAME: htmx.SCRIPT.read_bytes()}
    return {name: version(content) for name, content in known.items()}


def version(content: bytes) -> str:
    """Return 12 hexadecimal digits of the content's SHA-256."""
    return hashlib.sha256(content).hexdigest()[:12]


def send(filename: str) -> Response:
    """Return a bundle or a file of the brand; 404 for any other name, the files that bundles are made of included.

    Names are looked up, never joined to a folder: no spelling of one leads anywhere else.
    """
    served = app_object(Served)
    if filename not in served.contents:
        abort(404)
    name = filename.rpartition("/")[2]
    return send_file(BytesIO(served.contents[filename]), download_name=name, etag=served.versions[filename])


def asset(name: str) -> str:
    """Return the URL of a static file, as `url_for` builds it: written out, because a page links to six of them."""
    return f"{request.script_root}/static/{name}?v={app_object(Served).versions[name]}"


def cache_control() -> str:
    """Return how long the static file that was asked for may be kept: a year, if it is the version that was named."""
    name = (request.view_args or {}).get("filename", htmx.NAME)
    known = app_object(Served).versions.get(name)
    return f"public, max-age={YEAR_S}, immutable" if known and request.args.get("v") == known else "no-cache"
