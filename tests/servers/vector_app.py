"""One real application per list of trusted proxies in the vectors, each under a path: /0/, /1/, ..."""

import json
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from webapp import create_app
from webapp.config import Config
from webapp.domain.client_address import TrustedProxies
from webapp.guard.client_address import current_address
from webapp.guard.open_routes import open_route

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "client_ip.json").read_text(encoding="utf-8")
)["vectors"]
# Trust in everybody, and a mapped network: the process must not start with these.
REFUSED_AT_START = [["0.0.0.0/0"], ["::ffff:10.0.0.0/120"]]
STARTABLE = [vector for vector in VECTORS if vector["trusted"] not in REFUSED_AT_START]
TRUSTED_LISTS = sorted({",".join(vector["trusted"]) for vector in STARTABLE})


def path_of(vector: dict[str, Any]) -> str:
    return f"/{TRUSTED_LISTS.index(','.join(vector['trusted']))}/whoami"


def claims(vector: dict[str, Any]) -> bytes:
    """The header lines of a vector's client, byte by byte."""
    lines = [*vector.get("headers", {}).items(), *(("X-Forwarded-For", line) for line in vector["xff"])]
    text = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return text.encode(vector.get("encoding", "utf-8"))


def _instance(trusted: str) -> Flask:
    """The portal itself, with one more open route that tells what it took the client for."""
    app = create_app(
        Config(secret_key="a key for vectors, long enough...", trusted_proxies=TrustedProxies.parse(trusted))
    )
    open_route(app, "whoami")

    @app.get("/whoami")
    def whoami() -> ResponseReturnValue:
        return [str(current_address() or "refuse"), request.environ["REMOTE_ADDR"]]

    return app


application = DispatcherMiddleware(
    NotFound(), {f"/{number}": _instance(trusted) for number, trusted in enumerate(TRUSTED_LISTS)}
)
