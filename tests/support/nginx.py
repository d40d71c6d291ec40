"""A real nginx with the configuration that is shipped; only ports, paths and machines are those of the test."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .patience import PATIENCE_S
from .processes import Process, StartError

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "nginx" / "portal.conf"
PROTECT = ROOT / "deploy" / "nginx" / "protect.conf"
PORTAL_ONLY = "    location / {\n        proxy_pass http://portal;\n    }\n"
APPLICATION = "192.0.2.31:9000"
HOST = "portal.example.com"
MACHINES = ("192.0.2.21:8000", "192.0.2.22:8000", "192.0.2.23:8000")
CONNECTIONS = 8192
# What Debian's nginx.conf says around it, and what docs/operations.md adds.
AROUND = """
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
worker_rlimit_nofile 20000;
events {{ worker_connections {connections}; }}
http {{
    sendfile on; tcp_nopush on; types_hash_max_size 2048; default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;
    gzip on;
    access_log off;
    {temporary}
    include {folder}/portal.conf;
}}
"""


def find_program() -> str | None:
    """Return the path of nginx, if it is installed."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/bin")


def find_module() -> str | None:
    """Return the path of nginx' JavaScript, which protect.conf needs, if it is installed."""
    folders = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/opt/homebrew/lib/nginx/modules")
    found = (Path(folder) / "ngx_http_js_module.so" for folder in folders)
    return next((str(path) for path in found if path.is_file()), None)


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Edge:
    """What the tests ask of a proxy that listens on loopback, by https, for HOST."""

    folder: Path
    https: int
    _process: Process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_certificate(self) -> None:
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"]  # RSA: suites without ECDHE fit, too
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
        connection = http.client.HTTPSConnection(host, self.https, timeout=PATIENCE_S, context=context)
        raw = socket.create_connection(("127.0.0.1", self.https), PATIENCE_S, source_address=(source, 0))
        raw.settimeout(PATIENCE_S)
        try:
            connection.sock = context.wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise
        return connection

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


class Nginx(Edge):
    """`with Nginx(["127.0.0.1:8001", ...]) as edge: edge.get("/login")`"""

    def __init__(
        self,
        upstreams: Sequence[str],
        *,
        hurry: float = 1,
        connections: int = CONNECTIONS,
        changes: Mapping[str, str] | None = None,
        application: str = "",
    ) -> None:
        """`hurry`: all its time-outs are so many times shorter; `changes` of the text that is shipped.

        `application`: where the one listens that is protected, by protect.conf.
        """
        program = find_program()
        if program is None:
            raise StartError("nginx is missing (package nginx-light)")
        self.folder = Path(tempfile.mkdtemp(prefix="portal-nginx-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.https, self.http = free_port(), free_port()
        self._make_certificate()
        modules = ""
        if application:
            modules = f"load_module {find_module()};"
            changes = {PORTAL_ONLY: f"    include {self.folder}/protect.conf;\n"} | dict(changes or {})
            text = (
                PROTECT.read_text().replace(APPLICATION, application).replace("/etc/portal/nginx", str(PROTECT.parent))
            )
            (self.folder / "protect.conf").write_text(text)
        (self.folder / "portal.conf").write_text(self._adapted(upstreams, hurry, changes or {}))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        around = modules + AROUND.format(folder=self.folder, temporary=temporary, connections=connections)
        (self.folder / "nginx.conf").write_text(around)
        command = [program, "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        self._process = Process(command, log=self.folder / "log")
        self._process.wait_until(self._listens, "nginx")

    def _adapted(self, upstreams: Sequence[str], hurry: float, changes: Mapping[str, str]) -> str:
        text = SHIPPED.read_text()
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        text = re.sub(r"(_time(?:out)?) (\d+)s;", lambda one: f"{one[1]} {int(1000 * int(one[2]) / hurry)}ms;", text)
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

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the shipped log."""
        return [json.loads(line) for line in (self.folder / "portal.log").read_text().splitlines()]

    def worker_pids(self) -> list[int]:
        """Return its processes that serve."""
        pid = self._process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def reload(self) -> None:
        """Let it read its configuration again: new workers take over, the old ones finish what they have begun."""
        self._process.signal(signal.SIGHUP)


class Got:
    """An answer through the edge."""

    def __init__(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.text = body.decode(errors="replace")
