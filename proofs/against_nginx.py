"""The resolver beside nginx's realip module: on headers that both can read, they name the same client."""

from __future__ import annotations

import http.client
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proofs.report import Report
from tests.support.nginx import AROUND, CONNECTIONS, find_program, free_port
from tests.support.patience import PATIENCE_S
from tests.support.processes import Process, StartError
from webapp.domain.client_address import TrustedProxies, resolve

TRUSTED = ("127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48")
TOKENS = (
    "203.0.113.9",
    "198.51.100.20",
    "2001:db8::5",
    "10.9.9.9",
    "127.0.0.1",
    "2001:db8:ffff::7",
    "192.0.2.200",
    "10.0.0.1",
)
SITE = """
server {{
    listen 127.0.0.1:{port};
    keepalive_requests 1000000;
    {trusted}
    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
    location / {{ default_type text/plain; return 200 $remote_addr; }}
}}
"""


@contextmanager
def realip() -> Iterator[int]:
    """An nginx that tells whom it takes for the client; yields its port."""
    program = find_program()
    if program is None:
        raise StartError("nginx is missing (package nginx-light)")
    folder, port = Path(tempfile.mkdtemp(prefix="portal-realip-", dir="/tmp")), free_port()
    folder.chmod(0o755)
    trusted = " ".join(f"set_real_ip_from {text};" for text in TRUSTED)
    (folder / "portal.conf").write_text(SITE.format(port=port, trusted=trusted))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, temporary=temporary, connections=CONNECTIONS))
    process = Process([program, "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"], log=folder / "log")
    try:
        process.wait_until(lambda: answers(port), "nginx")
        yield port
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


def answers(port: int) -> bool:
    """Whether it answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def run(headers: int, seed: int) -> Report:
    """Ask both about so many headers of strict tokens."""
    claim = "Where nginx names an untrusted client, the resolver names the same; it never names another one."
    lenient = (
        "headers that only one of the two can read: nginx then falls back to a proxy's address, the resolver to nobody"
    )
    report = Report("Resolver against nginx's realip", claim, seed, headers, "headers", lenient)
    chance, trusted, same = random.Random(seed), TrustedProxies.parse(",".join(TRUSTED)), 0
    with report.timed(), realip() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        for _ in range(headers):
            header = chance.choice((", ", ",")).join(chance.choice(TOKENS) for _ in range(chance.randrange(1, 7)))
            connection.request("GET", "/", headers={"X-Forwarded-For": header})
            named = connection.getresponse().read().decode()
            found = resolve("127.0.0.1", header, trusted).address
            if found is None:
                if named not in {"127.0.0.1", "10.9.9.9", "10.0.0.1", "2001:db8:ffff::7"}:
                    report.violated(f"{header}: nginx names {named}, the resolver nobody")
            elif found.text != named:
                report.violated(f"{header}: nginx names {named}, the resolver {found}")
            else:
                same += 1
        connection.close()
    report.figures["both named the same client"] = f"{same:,} of {headers:,}; the others had trusted addresses only"
    return report
