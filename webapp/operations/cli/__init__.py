"""Operators' commands, one file a group. Each fails with one clear line and a non-zero exit."""

from __future__ import annotations

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

__all__ = ["files", "init_app"]  # `files` adds its commands to the group of `allowlists`


def init_app(app: Flask) -> None:
    """Register the commands."""
    own = (accounts, users, api_tokens, sessions, allowlists, clients, configuration, throttling)
    for one in own:
        app.cli.add_command(one.group)
    for command in (history.command, backups.backup, backups.restore):
        app.cli.add_command(command)
    app.cli.add_command(migrations.group(app))
