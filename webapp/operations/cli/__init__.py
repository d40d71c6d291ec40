"""Operators' commands, one file a group. Each fails with one clear line and a non-zero exit."""

from __future__ import annotations

import click
from flask import Flask

from webapp.operations.cli import (
    accounts,
    allowlists,
    api_tokens,
    backups,
    clients,
    configuration,
    files,
    history,
    migrations,
    sessions,
    throttling,
    users,
)

__all__ = ["commands", "files", "init_app"]  # `files` adds its commands to the group of `allowlists`


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in commands().values():
        app.cli.add_command(command)


def commands() -> dict[str, click.Command]:
    """Return the commands by their names."""
    own = (accounts, users, api_tokens, sessions, allowlists, clients, configuration, throttling)
    found = [*(one.group for one in own), history.command, backups.backup, backups.restore, migrations.group()]
    return {str(command.name): command for command in found}
