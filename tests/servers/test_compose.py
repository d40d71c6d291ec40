"""deploy/compose.yaml, as far as it can be tried without an engine: what it says, and the files that it mounts."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from ipaddress import IPv4Network, ip_address
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg
import pytest
import yaml

from tests.support.foreign import Foreign
from tests.support.nginx import ROOT, find_program, free_port
from tests.support.postgres import Cluster
from tests.support.processes import Process
from webapp.config import Config

DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "PORTAL_OWNER_PASSWORD", "PORTAL_PASSWORD"}
AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{ }}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder};
{site} }}
"""
OF_IMAGE = ("migrate", "portal")


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [text.split(":")[0] for one in SERVICES.values() for text in one.get("volumes", [])]
    files = [name for name in mounted if name.startswith("./")]
    assert len(files) == 3
    assert [name for name in files if not (DEPLOY / name).is_file()] == []
    assert {name for name in mounted if not name.startswith("./")} == set(COMPOSE["volumes"])


def test_only_nginx_is_published_and_only_on_this_machine() -> None:
    assert {name: one["ports"] for name, one in SERVICES.items() if "ports" in one} == {
        "nginx": ["127.0.0.1:8080:8080"]
    }


def test_the_proxy_that_is_trusted_is_nginx_and_nobody_else() -> None:
    trusted = SERVICES["portal"]["environment"]["TRUSTED_PROXIES"]
    assert trusted == SERVICES["nginx"]["networks"]["inside"]["ipv4_address"]
    (network,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert ip_address(trusted) in IPv4Network(network["subnet"])
    assert IPv4Network(network["ip_range"]).subnet_of(IPv4Network(network["subnet"]))
    for address in (trusted, network["gateway"]):  # which no other container is given
        assert ip_address(address) not in IPv4Network(network["ip_range"])


@pytest.mark.parametrize("name", OF_IMAGE)
def test_what_runs_the_image_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("volumes")


def test_the_image_is_built_once_and_never_fetched_from_who_may_have_its_name() -> None:
    assert {SERVICES[name]["image"] for name in OF_IMAGE} == {"ip-allowlist-portal"}
    building = {name: one["build"] for name, one in SERVICES.items() if "build" in one}
    assert building == {"migrate": {"context": "..", "dockerfile": "deploy/Containerfile"}}
    assert [SERVICES[name]["pull_policy"] for name in OF_IMAGE] == ["build", "never"]


def test_no_secret_is_in_it_and_each_must_be_given() -> None:
    required = set(re.findall(r"\$\{(\w+):\?make deploy/\.env first", TEXT))
    assert required == SECRETS
    assert set(re.findall(r"\$\{(\w+)", TEXT)) == SECRETS
    ignored = subprocess.run(["git", "check-ignore", "-q", "deploy/.env"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_the_portal_starts_with_these_settings_and_knows_the_role_that_owns_nothing() -> None:
    environment = {name: text.replace("${PORTAL_PASSWORD}", "a") for name, text in environment_of("portal").items()}
    config = Config.from_env(environment | {"SECRET_KEY": "k" * 16 + "ey of a test, and long"})
    assert config.database_url == "postgresql://portal:a@database/portal"
    assert environment_of("migrate")["DATABASE_URL"].startswith("postgresql://portal_owner:")
    assert "PORTAL_OWNER_PASSWORD" not in str(environment_of("portal"))


def environment_of(name: str) -> dict[str, str]:
    """Return what a service is told."""
    found: dict[str, str] = SERVICES[name]["environment"]
    return found


def test_each_waits_for_what_it_needs() -> None:
    waits = {name: one.get("depends_on") for name, one in SERVICES.items()}
    assert waits == {
        "database": None,
        "migrate": {"database": {"condition": "service_healthy"}},
        "portal": {"migrate": {"condition": "service_completed_successfully"}},
        "nginx": {"portal": {"condition": "service_healthy"}},
    }


@pytest.mark.postgres
def test_the_scripts_of_the_database_give_each_role_its_password(cluster: Cluster) -> None:
    cluster.drop_database("composed")
    cluster.create_database("composed")
    scripts = [text.split(":")[0] for text in SERVICES["database"]["volumes"] if text.endswith(".sql:ro")]
    passwords = {"PORTAL_OWNER_PASSWORD": "owner's", "PORTAL_PASSWORD": "portal's"}
    for script in scripts:  # as the image of PostgreSQL runs them, one after the other
        command = ["psql", "-v", "ON_ERROR_STOP=1", "--no-password", "--no-psqlrc", "--quiet"]
        command += ["--host", str(cluster.folder), "--username", "postgres", "--dbname", "composed"]
        subprocess.run([*command, "--file", str(DEPLOY / script)], env=os.environ | passwords, check=True)
    with psycopg.connect(host=str(cluster.folder), user="postgres", dbname="composed") as connection:
        roles = "SELECT rolname FROM pg_authid WHERE rolname LIKE 'portal%' AND rolpassword LIKE 'SCRAM%' ORDER BY 1"
        assert connection.execute(roles).fetchall() == [("portal",), ("portal_owner",)]
        for role in ("portal", "portal_owner"):
            connection.execute(f"ALTER ROLE {role} PASSWORD NULL")


def test_its_nginx_tells_the_portal_who_asks_whatever_is_claimed(tmp_path: Path) -> None:
    program = find_program()
    if program is None:
        pytest.skip("nginx is missing (package nginx-light)")
    port = free_port()
    with Foreign() as application:  # which tells what has reached it
        site = (DEPLOY / "compose" / "nginx.conf").read_text()
        for old, new in (("listen 8080", f"listen 127.0.0.1:{port}"), ("portal:8000", application.address)):
            assert site.count(old) == 1
            site = site.replace(old, new)
        (tmp_path / "nginx.conf").write_text(AROUND.format(folder=tmp_path, site=site))
        process = Process([program, "-c", tmp_path / "nginx.conf", "-p", tmp_path], log=tmp_path / "log")
        try:
            process.wait_until(lambda: answers(port), "nginx")
            asked = Request(f"http://127.0.0.1:{port}/x", headers={"X-Forwarded-For": "192.0.2.1"})
            with urlopen(asked) as answer:
                said = json.load(answer)
        finally:
            process.stop()
    assert (said["HTTP_X_FORWARDED_FOR"], said["HTTP_HOST"]) == ("127.0.0.1", f"127.0.0.1:{port}")


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
