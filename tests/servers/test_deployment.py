"""What is shipped in deploy/, as it is shipped: nginx with TLS in front of three machines on one PostgreSQL."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.client import BASE
from tests.support.nginx import HOST, ROOT, Got, Nginx, find_program, free_port
from tests.support.patience import PATIENCE_S, wait_until
from tests.support.postgres import Cluster
from tests.support.processes import Process
from tests.support.quick import RAW_TOKEN, csrf_token, put_list, read_list, start_session
from tests.support.roles import as_role, split
from tests.support.server import Server
from tests.support.world import World, seed
from webapp import create_app
from webapp.config import Config, ConfigError
from webapp.domain.address import parse_address

pytestmark = pytest.mark.postgres
KEY = "a key for tests, and long enough"
LISTED, ELSEWHERE = "127.0.0.2", "127.0.0.3"


class Deployment:
    """Three machines behind the edge."""

    def __init__(self, edge: Nginx, machines: list[Server], app: Flask, world: World) -> None:
        self.edge = edge
        self.machines = machines
        self.app = app
        self.world = world

    def cookie(self, person: str = "sanne", **more: str) -> dict[str, str]:
        """Return the cookie header of somebody who is signed in."""
        session_id = start_session(self.app, self.world.halden, self.world.users[person], None)
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return {"Cookie": "__Host-session=" + str(signer.dumps({"_user_id": session_id, "_fresh": True} | more))}


@pytest.fixture(scope="module")
def deployment(cluster: Cluster) -> Iterator[Deployment]:
    """The whole of it, from the files that are shipped."""
    if find_program() is None:
        pytest.skip("nginx is missing (package nginx-light)")
    cluster.drop_database("deployed")
    cluster.create_database("deployed")
    owner_url, url = split(cluster, "deployed")
    migrate(owner_url)
    env = {
        "DATABASE_URL": url,
        "SECRET_KEY": KEY,
        "PUBLIC_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    app = create_app(Config(secret_key=KEY, database_url=url, public_url=f"https://{HOST}"))
    with app.app_context():
        world = seed()
    with ExitStack() as running:
        machines = [running.enter_context(Server(env, workers=1, shipped=True)) for _ in range(3)]
        edge = running.enter_context(Nginx([f"127.0.0.1:{machine.port}" for machine in machines]))
        yield Deployment(edge, machines, app, world)
    dispose(app)


def test_somebody_signs_in_through_the_edge(deployment: Deployment) -> None:
    page = deployment.edge.get("/login")
    assert page.status == 200
    cookie = str(page.headers["Set-Cookie"])
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "max-age=" in str(page.headers["Strict-Transport-Security"])
    token = re.findall(r'csrf_token" value="([^"]+)"', page.text)[0]
    body = f"csrf_token={token}&email=dana%40example.com&password=a+long+enough+password&next={BASE}"
    headers = {
        "Cookie": cookie.partition(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"https://{HOST}/login",
    }
    answer = deployment.edge.ask("POST", "/login", headers=headers, body=body)
    assert (answer.status, answer.headers["Location"]) == (303, BASE)
    signed_in = {"Cookie": str(answer.headers["Set-Cookie"]).partition(";")[0]}
    page = deployment.edge.get(BASE, source=LISTED, headers=signed_in)
    assert f'data-current-address="{LISTED}"' in page.text


def test_every_machine_obeys_a_change_at_once(deployment: Deployment) -> None:
    for round_ in range(10):
        put_list(deployment.app, deployment.world.halden, f"{LISTED}/32", active=True)
        cookies = [deployment.cookie() for _ in range(6)]
        assert {deployment.edge.get("/", source=LISTED, headers=cookie).status for cookie in cookies} == {200}, round_
        put_list(deployment.app, deployment.world.halden, "192.0.2.0/24", active=True)
        assert {deployment.edge.get("/", source=LISTED, headers=cookie).status for cookie in cookies} == {403}, round_


CLAIMS = [
    {"X-Forwarded-For": LISTED},
    {"X-Forwarded-For": f"{LISTED}, 127.0.0.1"},
    {"X-Forwarded-For": f"127.0.0.1, {LISTED}"},
    {"x-forwarded-for": LISTED, "X-Real-IP": LISTED, "Forwarded": f"for={LISTED}"},
    {"X_Forwarded_For": LISTED},
    {"True-Client-IP": LISTED, "CF-Connecting-IP": LISTED, "X-Client-IP": LISTED},
    {"X-Forwarded-For": "\t" + LISTED},
    {"X-Forwarded-For": "," * 100 + LISTED},
]


@pytest.mark.parametrize("claim", CLAIMS, ids=str)
def test_no_claim_of_a_client_is_believed(deployment: Deployment, claim: dict[str, str]) -> None:
    put_list(deployment.app, deployment.world.halden, f"{LISTED}/32", active=True)
    answer = deployment.edge.get("/", source=ELSEWHERE, headers=deployment.cookie() | claim)
    assert answer.status == 403
    assert f'data-address="{ELSEWHERE}"' in answer.text


def test_an_unknown_host_gets_no_answer_and_no_certificate(deployment: Deployment) -> None:
    with pytest.raises(ssl.SSLError):
        deployment.edge.connection(host="evil.example")
    connection = deployment.edge.connection()
    connection.request("GET", "/login", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert answer.status == 421
    assert b"evil.example" not in answer.read()
    connection.close()


def test_files_are_compressed_and_kept_and_pages_are_neither(deployment: Deployment) -> None:
    wants = {"Accept-Encoding": "gzip"}
    page = deployment.edge.get("/login")
    for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        file = deployment.edge.get(url, headers=wants)
        assert (file.status, file.headers["Content-Encoding"]) == (200, "gzip")
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    page = deployment.edge.get("/login", headers=wants)
    assert page.headers["Content-Encoding"] is None
    assert page.headers["Cache-Control"] == "no-store"


def test_a_failure_has_the_same_id_for_the_person_at_the_edge_and_in_the_portal(deployment: Deployment) -> None:
    put_list(deployment.app, deployment.world.halden, "garbage/24", active=True)
    answer = deployment.edge.get("/?q=secret", source=LISTED, headers=deployment.cookie())
    put_list(deployment.app, deployment.world.halden)
    request_id = answer.headers["X-Request-ID"]
    wait_until(lambda: any(line["request_id"] == request_id for line in deployment.edge.log()))  # after the answer
    at_edge = [line for line in deployment.edge.log() if line["request_id"] == request_id]
    wanted = {"event": "edge", "client": LISTED, "method": "GET", "path": "/", "status": 503}
    assert [wanted.items() <= line.items() for line in at_edge] == [True]
    in_portal = [line for line in portal_lines(deployment) if line.get("request_id") == request_id]
    assert [(line["event"], line["client"]) for line in in_portal] == [("unavailable", LISTED), ("request", LISTED)]


def portal_lines(deployment: Deployment) -> list[dict[str, Any]]:
    """Return what the machines have logged: nothing but JSON, gunicorn's own lines too."""
    lines = [json.loads(line) for machine in deployment.machines for line in machine.log().splitlines()]
    assert {"event", "level", "time"} <= set.intersection(*(set(line) for line in lines))
    return lines


def test_the_portals_log_is_json_from_the_first_line_on(deployment: Deployment) -> None:
    server_lines = [line for line in portal_lines(deployment) if line["event"] == "server"]
    assert any("Booting worker" in line["message"] for line in server_lines)


def test_the_machines_work_as_the_role_that_cannot_change_tables(deployment: Deployment, cluster: Cluster) -> None:
    assert {machine.env["DATABASE_URL"] for machine in deployment.machines} == {as_role(cluster, "deployed", "portal")}
    put_list(deployment.app, deployment.world.halden, active=False)
    dana = Dana(deployment)
    assert dana.post("/networks", "network=192.0.2.9&comment=").status == 303
    assert read_list(deployment.app, deployment.world.halden).texts == ["192.0.2.9/32"]


class Dana:
    """An owner who posts forms through the edge."""

    def __init__(self, deployment: Deployment) -> None:
        self.edge = deployment.edge
        self.token = csrf_token(deployment.app)
        self.headers = deployment.cookie("dana", csrf_token=RAW_TOKEN) | {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{HOST}/",
        }

    def post(self, path: str, body: str) -> Got:
        """Post a form of the section."""
        return self.edge.ask("POST", BASE + path, headers=self.headers, body=f"{body}&csrf_token={self.token}")


def test_the_examples_of_the_environment_hold_settings_that_are_read_and_can_be_used() -> None:
    env = example("portal.env.example")
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        Config.from_env(env)
    config = Config.from_env(env | {"SECRET_KEY": KEY})
    assert config.https
    assert parse_address("192.0.2.10") in config.trusted_proxies
    read = "".join(path.read_text() for path in [*(ROOT / "deploy").glob("*.py"), ROOT / "webapp" / "config.py"])
    assert [name for name in env if f'"{name}"' not in read] == []
    for url, role in (
        (env["DATABASE_URL"], "portal"),
        (example("migrate.env.example")["DATABASE_URL"], "portal_owner"),
    ):
        parsed = sa.make_url(url)
        assert (parsed.username, parsed.query["sslmode"]) == (role, "verify-full")


def example(name: str) -> dict[str, str]:
    """Read an example as a shell does, which operators let read it (systemd's rules are the same for such lines)."""
    command = ["env", "-i", "sh", "-c", f"set -a && . ./deploy/{name} && env -u PWD -u _ -u SHLVL -u OLDPWD"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return dict(line.split("=", 1) for line in text.splitlines())


def test_the_metrics_are_the_sum_of_all_workers(deployment: Deployment, tmp_path: Path) -> None:
    env = deployment.machines[0].env | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    port = free_port()
    with Server(env, workers=2, shipped=True) as machine:
        asked = 0
        with ThreadPoolExecutor(16) as crowd:
            while len(list(tmp_path.glob("counter_*.db"))) < 2 and asked < 2_000:
                assert set(crowd.map(lambda _: ask_for_sign_in(machine), range(32))) == {200}
                asked += 32
        assert len(list(tmp_path.glob("counter_*.db"))) == 2
        command = [sys.executable, "deploy/metrics.py"]
        served = Process(
            command, log=tmp_path / "log", env={**os.environ, **env, "METRICS_LISTEN": f"127.0.0.1:{port}"}, cwd=ROOT
        )
        served.wait_until(lambda: is_open(port), "metrics")
        os.kill(machine.worker_pids()[0], signal.SIGKILL)  # what it has counted stays counted
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        served.stop()
    assert f'portal_requests_total{{endpoint="sign_in.show",method="GET",status="200"}} {asked}.0' in text


def ask_for_sign_in(machine: Server) -> int:
    """Ask a machine itself, and return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=PATIENCE_S)
    connection.request("GET", "/login", headers={"Host": HOST})
    status = connection.getresponse().status
    connection.close()
    return status


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_operators_paths_are_closed_at_the_edge(deployment: Deployment) -> None:
    assert deployment.edge.get("/readyz").status == 404
    assert deployment.edge.get("/metrics", headers={}).status in {303, 404}
    assert deployment.edge.get("/healthz").status == 200


def test_a_machine_that_is_gone_costs_nobody_an_answer_and_all_gone_is_503(deployment: Deployment) -> None:
    put_list(deployment.app, deployment.world.halden, f"{LISTED}/32", active=True)
    cookie = deployment.cookie()
    first, *others = deployment.machines
    first.stop()
    assert {ask(deployment, cookie).status for _ in range(12)} == {200}
    for machine in others:
        machine.stop()
    answer = ask(deployment, cookie)
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "5", "no-store")
    for machine in deployment.machines:
        machine.start()
    wait_until(lambda: ask(deployment, cookie).status == 200)  # nginx asks again after a while


def ask(deployment: Deployment, cookie: dict[str, str]) -> Got:
    """Ask for the overview from a listed address."""
    return deployment.edge.get("/", source=LISTED, headers=cookie)


def test_a_reload_renews_the_workers_without_a_lost_answer(deployment: Deployment) -> None:
    put_list(deployment.app, deployment.world.halden, f"{LISTED}/32", active=True)
    cookie = deployment.cookie()
    before = deployment.machines[0].worker_pids()
    deployment.machines[0].signal(signal.SIGHUP)
    assert {ask(deployment, cookie).status for _ in range(30)} == {200}
    while deployment.machines[0].worker_pids() == before:  # a busy machine may answer all of them before it renews any
        assert ask(deployment, cookie).status == 200
    assert ask(deployment, cookie).status == 200
