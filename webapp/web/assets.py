"""Static files with a version in their URL, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, request

from webapp.web import htmx

YEAR_S = 31_536_000
FOLDER = Path(__file__).parents[2] / "static"


def init_app(app: Flask) -> None:
    """Let templates link to a file by `asset("app.css")`."""
    app.jinja_env.globals["asset"] = asset
    versions()


@cache
def versions() -> dict[str, str]:
    """Return what changes with each static file: 12 hexadecimal digits of its SHA-256, taken once per process.

    By the names that pages link to, and no others: the URL of a request may spell a file in any number of ways.
    """
    files = {file.relative_to(FOLDER).as_posix(): file.read_bytes() for file in FOLDER.rglob("*") if file.is_file()}
    files[htmx.NAME] = htmx.SCRIPT.read_bytes()
    return {name: hashlib.sha256(content).hexdigest()[:12] for name, content in files.items()}


def asset(name: str) -> str:
    """Return the URL of a static file, as `url_for` builds it: written out, because a page links to six of them."""
    return f"{request.script_root}/static/{name}?v={versions()[name]}"


def cache_control() -> str:
    """Return how long the static file that was asked for may be kept: a year, if it is the version that was named."""
    name = (request.view_args or {}).get("filename", htmx.NAME)
    known = versions().get(name)
    return f"public, max-age={YEAR_S}, immutable" if known and request.args.get("v") == known else "no-cache"
