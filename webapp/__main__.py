"""The operators' commands: `portal-admin …`, or `python -m webapp …`; the same as `flask --app webapp.wsgi …`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo

from webapp.operations import cli

NAME = "portal-admin"


def main() -> None:
    """Run a command. Its help needs no settings: the portal is made when a command runs."""
    folder = str(Path.cwd())
    if folder not in sys.path:  # Pages of one's own may lie there, as for gunicorn; nothing there hides a package.
        sys.path.append(folder)
    group = click.Group(NAME, commands=cli.commands(), help="Run an operator's command of the IP allowlist portal.")
    group.main(prog_name=NAME, obj=ScriptInfo(create_app=_portal))


def _portal() -> Flask:
    from webapp.wsgi import app  # It reads the settings.

    return app


if __name__ == "__main__":
    main()
