"""The portal with one more open route, which tells what it took the client for."""

from flask import Flask

from webapp import create_app
from webapp.config import Config
from webapp.domain.client_address import TrustedProxies
from webapp.guard.client_address import current_address
from webapp.guard.open_routes import open_route


def make() -> Flask:
    """Return the portal behind a proxy at 127.0.0.1."""
    made = create_app(
        Config(secret_key="a key for whoami, and long enough", trusted_proxies=TrustedProxies.parse("127.0.0.1"))
    )
    open_route(made, "whoami")
    made.add_url_rule("/whoami", "whoami", lambda: str(current_address()))
    return made


app = make()
