"""The image, really built and started: nobody's user, a root that cannot be written, healthy, and nothing too much.

`make image` runs this, `make test` does not. It needs buildah, mmdebstrap or the image's base, and root.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import image
from tests.support.image import Container, said
from tests.support.nginx import ROOT
from tests.support.postgres import Cluster
from tests.support.source import copy_with_settings_beside, in_git

pytestmark = pytest.mark.image
KEY = "a key for the image, and long enough"
PASSWORD = "a long enough password"
PROGRAMS = ("usr/bin", "usr/local/bin", "usr/sbin", "srv/portal/.venv/bin")
ASK = """
import sys, urllib.request
with urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000" + sys.argv[1])) as answer:
    print(answer.status, answer.read().decode())
"""
SIGN_IN = """
import html, re, sys, urllib.parse, urllib.request
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
page = opener.open("http://127.0.0.1:8000/login?next=/account/settings/ip-allowlist").read().decode()
fields = dict(re.findall(r'name="([a-z_]+)" (?:type="hidden" )?value="([^"]*)"', page))
form = {name: html.unescape(text) for name, text in fields.items()} | {"email": sys.argv[1], "password": sys.argv[2]}
answer = opener.open("http://127.0.0.1:8000/login", urllib.parse.urlencode(form).encode())
print(answer.url, answer.read().decode())
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout, in which settings lie, too."""
    return copy_with_settings_beside(tmp_path_factory.mktemp("image") / "source")


@pytest.fixture(scope="module")
def root(source: Path) -> Iterator[Path]:
    """Build the image; without buildah nothing has been shown, which is said."""
    if lacking := image.missing():
        pytest.fail(f"The image was not built: {lacking} is missing (package of the same name)")
    if os.geteuid() != 0:
        pytest.fail("The image was not built: this test starts it as root does")
    image.build(source)
    with image.mounted() as root:
        yield root


@pytest.fixture(scope="module")
def settings(cluster: Cluster) -> dict[str, str]:
    """A database with the two roles of deploy/postgresql/roles.sql."""
    cluster.create_database("image")
    for statement in ("DROP DATABASE image", "CREATE DATABASE image"):
        psql(cluster, "postgres", "--command", statement)
    psql(cluster, "image", "--file", str(ROOT / "deploy" / "postgresql" / "roles.sql"))
    cluster.folder.chmod(0o755)
    return {"SECRET_KEY": KEY, "TRUSTED_PROXIES": "127.0.0.1", "WEB_CONCURRENCY": "2", "DATABASE_URL": url("portal")}


def psql(cluster: Cluster, database: str, *arguments: str) -> None:
    """Run psql as the server's superuser."""
    command = ["psql", "--quiet", "--host", str(cluster.folder), "--username", "postgres", "--dbname", database]
    subprocess.run([*command, *arguments], check=True, capture_output=True)


def url(role: str) -> str:
    """Return the database's address inside, where the server's socket is mounted."""
    return f"postgresql://{role}@/image?host=/tmp/database"


def container(root: Path, settings: dict[str, str], cluster: Cluster) -> Container:
    """Return a container, in which nothing runs yet."""
    return Container(root, settings, {"/tmp/database": cluster.folder})


@pytest.fixture(scope="module")
def running(root: Path, settings: dict[str, str], cluster: Cluster) -> Iterator[Container]:
    """Migrate with the role that owns the tables, make an owner, and start it."""
    with container(root, settings | {"DATABASE_URL": url("portal_owner")}, cluster) as once:
        said(once.run("portal-admin", "db", "upgrade"))
    with container(root, settings | {"PORTAL_USER_PASSWORD": PASSWORD}, cluster) as once:
        assert said(once.run("portal-admin", "account", "create", "Halden Freight")) == ["1"]
        person = ("dana@example.com", "--name", "Dana Kessler", "--account", "1", "--role", "owner")
        said(once.run("portal-admin", "user", "create", *person))
    with container(root, settings, cluster) as running:
        running.start()
        yield running


def test_it_is_healthy_and_ready_and_serves_the_sign_in_page(running: Container) -> None:
    assert running.health().returncode == 0
    assert said(running.run("python3", "-c", ASK, "/readyz"))[0].startswith("200 ")
    page = "\n".join(said(running.run("python3", "-c", ASK, "/login")))
    assert 'name="password"' in page


def test_it_is_healthy_where_only_the_public_host_is_answered(
    root: Path, settings: dict[str, str], cluster: Cluster, running: Container
) -> None:
    with container(root, settings | {"PUBLIC_URL": " HTTPS://Portal.Example.com/ "}, cluster) as other:
        other.start()
        assert other.health().returncode == 0
    assert running.health().returncode == 0


def test_an_owner_signs_in(running: Container) -> None:
    page = "\n".join(said(running.run("python3", "-c", SIGN_IN, "dana@example.com", PASSWORD)))
    assert page.startswith("http://127.0.0.1:8000/account/settings/ip-allowlist")
    assert "Dana Kessler" in page


def test_every_process_is_of_a_user_without_a_name_and_without_powers(running: Container) -> None:
    children = Path(f"/proc/{running.first_pid()}/task/{running.first_pid()}/children").read_text().split()
    assert len(children) >= 2
    for pid in (running.first_pid(), *children):
        status = Path(f"/proc/{pid}/status").read_text()
        assert "\nUid:\t10001\t10001\t10001\t10001\n" in status
        assert "\nGid:\t10001\t10001\t10001\t10001\n" in status
        assert "\nCapEff:\t0000000000000000\n" in status
    assert said(running.run("id", "-u")) == ["10001"]


def test_nothing_can_be_written_but_what_is_lent(running: Container) -> None:
    places = "/ /srv/portal /data /usr/bin /etc /var/tmp"
    written = running.run("sh", "-c", f"for place in {places}; do touch $place/x && echo $place; done")
    assert written.stdout == ""
    assert written.stderr.count("Read-only file system") == 6
    assert said(running.run("sh", "-c", "touch /tmp/x && echo written")) == ["written"]


def test_a_folder_that_is_mounted_there_can_be_a_sqlite_database(root: Path, tmp_path: Path) -> None:
    os.chown(tmp_path, 10001, 10001)
    tmp_path.chmod(0o700)
    own = {"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:////data/portal.sqlite3"}
    with Container(root, own, {"/data": tmp_path}) as once:
        said(once.run("portal-admin", "db", "upgrade"))
        assert said(once.run("portal-admin", "account", "create", "Halden Freight")) == ["1"]
    assert (tmp_path / "portal.sqlite3").stat().st_uid == 10001


def test_backups_can_be_made_in_it(running: Container, root: Path, settings: dict[str, str], cluster: Cluster) -> None:
    owner = settings | {"DATABASE_URL": url("portal_owner")}
    with container(root, owner, cluster) as once:
        command = "portal-admin backup /tmp/portal.backup >&2 && wc -c < /tmp/portal.backup"
        assert int(said(once.run("sh", "-c", command))[-1]) > 10_000


@pytest.mark.parametrize("name", ["pip", "pip3", "gcc", "cc", "make", "git", "curl", "wget"])
def test_there_is_nothing_to_build_with_or_to_fetch_with(root: Path, name: str) -> None:
    assert not [place for place in PROGRAMS if (root / place / name).exists()]


def test_what_it_is_built_from_is_of_the_repository_and_no_more_than_needed(root: Path, source: Path) -> None:
    folders = in_git("deploy", "examples", "static", "templates", "webapp")
    files = {"pyproject.toml", "README.md", "requirements.txt", "requirements-build.txt"}
    assert image.given(source) == folders | files


def test_no_secret_no_setting_and_nothing_of_the_machine_that_built_it_is_in_it(root: Path) -> None:
    names = {line.partition("=")[0] for line in image.config()["Env"]}
    assert set(image.config()["Labels"]) >= {f"org.opencontainers.image.{name}" for name in ("title", "description")}
    assert names == {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "LISTEN"}
    kept = root / "etc" / "pip.conf"  # where the machine's own was mounted: an empty file is left
    assert not kept.exists() or kept.read_text() == ""
    assert not (root / "source").exists()
    assert not [path for path in (root / "srv").rglob("*") if path.name in {".git", "tests", "instance"}]
    assert not list((root / "srv").rglob("*.env"))


def test_a_wrong_setting_ends_it_with_one_clear_line(root: Path) -> None:
    with Container(root, {"SECRET_KEY": "short", "WEB_CONCURRENCY": "1"}, {}) as once:
        done = once.run(*image.config()["Cmd"])
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert line.startswith("The portal does not start. SECRET_KEY ")


def test_it_is_unhealthy_where_nothing_answers(root: Path) -> None:
    with Container(root, {"SECRET_KEY": KEY}, {}) as once:
        asked = once.health()
    assert (asked.returncode, asked.stderr[:11]) == (1, "unhealthy: ")


def test_it_ends_when_it_is_asked_to(
    root: Path, settings: dict[str, str], cluster: Cluster, running: Container
) -> None:
    with container(root, settings, cluster) as short:
        short.start()
        assert short.end() == 0
    assert running.health().returncode == 0
