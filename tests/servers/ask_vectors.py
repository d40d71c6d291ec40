"""Asks every vector of a real gunicorn, from the vector's own peer address, and prints the answers as JSON.

Runs in network and process namespaces of its own, which take every address and process with them when they end:
`unshare --net --pid --fork --kill-child python -m tests.servers.ask_vectors DIRECTORY`
"""

import json
import socket
import subprocess
import sys
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from tests.servers.vector_app import STARTABLE, claims, path_of
from tests.support.patience import PATIENCE_S
from tests.support.processes import Process

# 0.0.0.0 and [::] are two listeners, because the latter shows IPv4 peers as ::ffff:a.b.c.d.
IPV4_PORT, DUAL_STACK_PORT, PROXY_PROTOCOL_PORT = 8000, 8001, 8002
BALANCER = "10.0.0.2"


def own_the_peers() -> None:
    """Makes the peers of the vectors addresses of this namespace, so that it can connect from them."""
    addresses = {vector["remote_addr"].removeprefix("::ffff:").partition("%")[0] for vector in STARTABLE}
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in addresses - {"", "unix:", "127.0.0.1"}:
        width = "128" if ":" in address else "32"
        subprocess.run(["ip", "address", "add", f"{address}/{width}", "dev", "lo"], check=True)


def gunicorn(directory: Path, name: str, *options: str) -> Process:
    command = [sys.executable, "-m", "gunicorn", "--threads", "2", "--no-control-socket", *options]
    server = Process([*command, "tests.servers.vector_app:application"], log=directory / f"{name}.log")
    return server.wait_until(lambda: "Booting worker" in server.output(), name, PATIENCE_S)


def connect(vector: dict[str, Any], unix_socket: Path) -> socket.socket:
    peer = vector["remote_addr"]
    if peer in {"", "unix:"}:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(unix_socket))
        return connection
    port = DUAL_STACK_PORT if ":" in peer else IPV4_PORT
    if "proxy_protocol" in vector:
        peer, port = vector["proxy_protocol"]["balancer"], PROXY_PROTOCOL_PORT
    # From the address to itself: both ends are on this machine, and a link-local one keeps its zone.
    found = socket.getaddrinfo(peer.removeprefix("::ffff:"), port, type=socket.SOCK_STREAM)[0]
    family, target = found[0], found[4]
    connection = socket.socket(family)
    connection.bind((target[0], 0, *target[2:]))
    connection.connect(target)
    return connection


def request_bytes(vector: dict[str, Any]) -> bytes:
    head = f"GET {path_of(vector)} HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n"
    if proxied := vector.get("proxy_protocol"):
        head = f"PROXY TCP4 {proxied['src']} {proxied['balancer']} 40000 {PROXY_PROTOCOL_PORT}\r\n{head}"
    return head.encode() + claims(vector) + b"\r\n"


def ask(vector: dict[str, Any], unix_socket: Path) -> dict[str, Any]:
    with connect(vector, unix_socket) as connection:
        connection.settimeout(PATIENCE_S)
        connection.sendall(request_bytes(vector))
        response = HTTPResponse(connection)
        response.begin()
        if response.status != 200:
            return {"status": response.status}
        client, peer = json.loads(response.read())
        return {"status": 200, "client": client, "peer": peer}


def main(directory: Path) -> None:
    own_the_peers()
    unix_socket = directory / "portal.sock"
    binds = (f"0.0.0.0:{IPV4_PORT}", f"[::]:{DUAL_STACK_PORT}", f"unix:{unix_socket}")
    plain = gunicorn(directory, "plain", *(f"--bind={bind}" for bind in binds))
    proxied = gunicorn(
        directory,
        "proxied",
        f"--bind={BALANCER}:{PROXY_PROTOCOL_PORT}",
        "--proxy-protocol=v1",
        f"--proxy-allow-from={BALANCER}",
    )
    try:
        answers = {vector["id"]: ask(vector, unix_socket) for vector in STARTABLE}
    finally:
        plain.stop()
        proxied.stop()
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
