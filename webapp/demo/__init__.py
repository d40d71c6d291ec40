"""The demo: sample accounts, and a bar that sets the address you appear from. Never in production.

Three locks: it does not start with PUBLIC_URL or TRUSTED_PROXIES (config), it is not registered without DEMO
(create_app), and every request is refused unless peer and Host are loopback and nothing was forwarded (loopback_lock).
"""

from __future__ import annotations

from flask import Flask

from webapp.demo import bar, sample_data, story
from webapp.demo.bar import resolve_client
from webapp.guard.open_routes import open_route

__all__ = ["init_app", "resolve_client"]


def init_app(app: Flask) -> None:
    """Register the bar and the command."""
    open_route(app, "demo.set_address")
    app.jinja_env.globals |= {
        "demo_places": bar.PLACES,
        "demo_people": story.PEOPLE,
        "demo_accounts_of": story.accounts_of,
        "demo_password": sample_data.PASSWORD,
    }
    app.register_blueprint(bar.bp)
    app.cli.add_command(sample_data.commands)
