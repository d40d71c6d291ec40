"""A real Caddy with the configuration that is shipped; only ports, paths and machines are those of the test."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .nginx import HOST, ROOT, Edge, free_port
from .processes import Process, StartError

SHIPPED = ROOT / "deploy" / "caddy" / "Caddyfile"
PORTAL, APPLICATION = "192.0.2.21:8000", "192.0.2.31:9000"


class Caddy(Edge):
    """`with Caddy(portal="127.0.0.1:8001", application="127.0.0.1:9001") as edge: edge.get("/login")`"""

    def __init__(self, portal: str, application: str, *, hurry: float = 1) -> None:
        """`hurry`: all its time-outs are so many times shorter."""
        program = shutil.which("caddy")
        if program is None:
            raise StartError("Caddy is missing (package caddy)")
        self.folder = Path(tempfile.mkdtemp(prefix="portal-caddy-", dir="/tmp"))
        self.https = free_port()
        self._make_certificate()
        (self.folder / "Caddyfile").write_text(self._adapted(portal, application, hurry))
        command = [program, "run", "--config", f"{self.folder}/Caddyfile", "--adapter", "caddyfile"]
        env = {**os.environ, "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        self._process = Process(command, log=self.folder / "log", env=env)
        self._process.wait_until(self._listens, "Caddy")

    def _adapted(self, portal: str, application: str, hurry: float) -> str:
        text = SHIPPED.read_text()
        own = f"{HOST}:{self.https} {{\n\tbind 127.0.0.1\n\ttls {self.folder}/fullchain.pem {self.folder}/privkey.pem"
        for old, new in (
            ("\n{\n", "\n{\n\tadmin off\n\tauto_https disable_redirects\n"),
            (f"\n{HOST} {{", f"\n{own}"),
            (PORTAL, portal),
            (APPLICATION, application),
            ("_timeout 2s", f"_timeout {int(2000 / hurry)}ms"),
            ("read_header 10s", f"read_header {int(10_000 / hurry)}ms"),
            ("_timeout 10s", f"_timeout {int(10_000 / hurry)}ms"),
        ):
            assert old in text, old
            text = text.replace(old, new)
        return text
