"""An account's servers: an example of pages of your own. PORTAL_PAGES=examples.pages.servers:pages"""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from webapp.pages import Pages, current_address, current_user, page, require_owner, see_other

pages = Pages("servers", __name__, url_prefix="/servers", template_folder="templates")
pages.navigation = [("Servers", ".show_all", "server")]


@dataclass(frozen=True)
class Server:
    """A server that an account rents."""

    id: int
    account_id: int
    name: str
    address: str
    place: str


SERVERS = {
    server.id: server
    for server in (
        Server(101, 1, "halden-web-1", "192.0.2.81", "Rotterdam"),
        Server(102, 1, "halden-db-1", "192.0.2.82", "Rotterdam"),
        Server(103, 1, "halden-backup", "2001:db8:82::3", "Oslo"),
        Server(201, 2, "northwind-lab", "198.51.100.181", "Bergen"),
    )
}


@pages.get("")
def show_all() -> Response:
    """Return the table of the account's servers."""
    own = [server for server in SERVERS.values() if server.account_id == current_user().account_id]
    return page("servers/all.html", servers=own)


@pages.get("/<int:server_id>")
def show(server_id: int) -> Response:
    """Return a server's page; another account's server is not found."""
    server = SERVERS.get(server_id)
    if server is None or server.account_id != current_user().account_id:
        abort(404)
    return page("servers/one.html", server=server, address=current_address(), restarts="restarts" in request.args)


@pages.post("/<int:server_id>/restart")
@require_owner
def restart(server_id: int) -> Response:
    """Ask for a restart."""
    show(server_id)  # not found, if it is another account's
    return see_other(url_for(".show", server_id=server_id, restarts=1))
