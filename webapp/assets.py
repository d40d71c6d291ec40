"""Static files with a version in their URL, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for

from webapp import htmx

YEAR_S = 31_536_000
FOLDER = Path(__file__).parents[1] / "static"


def init_app(app: Flask) -> None:
    """Let templates link to a file by `asset("app.css")`."""
    app.jinja_env.globals["asset"] = asset


@cache
def version_of(name: str) -> str:
    """Return what changes with the file: 12 hexadecimal digits of its SHA-256, taken once per process."""
    content = htmx.SCRIPT.read_bytes() if name == htmx.NAME else (FOLDER / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the URL of a static file."""
    return _url(name, request.script_root)


@cache
def _url(name: str, _root: str) -> str:
    version = version_of(name)
    if name == htmx.NAME:
        return url_for("htmx.script", v=version)
    return url_for("static", filename=name, v=version)


def cache_control() -> str:
    """Return how long the static file that was asked for may be kept: a year, if it is the version that was named."""
    name = (request.view_args or {}).get("filename", htmx.NAME)
    asked = request.args.get("v", "")
    known = bool(asked) and (name == htmx.NAME or (FOLDER / name).is_file()) and asked == version_of(name)
    return f"public, max-age={YEAR_S}, immutable" if known else "no-cache"
