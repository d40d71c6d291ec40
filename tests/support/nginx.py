"""A real nginx with the configuration that is shipped; only ports, paths and machines are those of the test."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .processes import Process, StartError

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "nginx" / "portal.conf"
HOST = "portal.example.com"
MACHINES = ("192.0.2.21:8000", "192.0.2.22:8000", "192.0.2.23:8000")
AROUND = """
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    {temporary}
    include {folder}/portal.conf;
}}
"""


def find_program() -> str | None:
    """Return the path of nginx, if it is installed."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Nginx:
    """`with Nginx(["127.0.0.1:8001", ...]) as edge: edge.get("/login")`"""

    def __init__(self, upstreams: Sequence[str]) -> None:
        program = find_program()
        if program is None:
            raise StartError("nginx is missing (package nginx-light)")
        self.folder = Path(tempfile.mkdtemp(prefix="portal-nginx-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.https, self.http = free_port(), free_port()
        self._make_certificate()
        (self.folder / "portal.conf").write_text(self._adapted(upstreams))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, temporary=temporary))
        command = [program, "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        self._process = Process(command, log=self.folder / "log")
        self._process.wait_until(self._listens, "nginx")

    def _adapted(self, upstreams: Sequence[str]) -> str:
        text = SHIPPED.read_text()
        for machine, upstream in zip(MACHINES, upstreams, strict=True):
            assert machine in text
            text = text.replace(machine, upstream)
        text = text.replace("/etc/portal/tls", str(self.folder))
        text = text.replace("/var/log/nginx", str(self.folder))
        for port, mine in (("443", self.https), ("80", self.http)):
            text, count = re.subn(rf"listen (\[::\]:)?{port}\b", rf"listen \g<1>{mine}", text)
            assert count >= 4
        text = re.sub(r"listen (\d)", r"listen 127.0.0.1:\1", text)
        return text.replace("listen [::]:", "listen [::1]:")

    def _make_certificate(self) -> None:
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-days", "1", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        command += ["-keyout", str(self.folder / "privkey.pem"), "-out", str(self.folder / "fullchain.pem")]
        subprocess.run(command, check=True, capture_output=True)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.https), 1).close()
        except OSError:
            return False
        return True

    def connection(self, source: str = "127.0.0.1", host: str = HOST) -> http.client.HTTPSConnection:
        """Return a connection of a client at a loopback address, which asks for a host."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        connection = http.client.HTTPSConnection(host, self.https, timeout=15, context=context)
        raw = socket.create_connection(("127.0.0.1", self.https), 5, source_address=(source, 0))
        raw.settimeout(15)
        try:
            connection.sock = context.wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise
        return connection

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the shipped log."""
        return [json.loads(line) for line in (self.folder / "portal.log").read_text().splitlines()]

    def get(self, path: str, *, source: str = "127.0.0.1", headers: Mapping[str, str] | None = None) -> Got:
        """GET a path."""
        return self.ask("GET", path, source=source, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        *,
        source: str = "127.0.0.1",
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Got:
        """Send a request from a loopback address."""
        connection = self.connection(source)
        try:
            connection.request(method, path, body=body, headers={"Host": HOST, **(headers or {})})
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Got:
    """An answer through the edge."""

    def __init__(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.text = body.decode(errors="replace")
