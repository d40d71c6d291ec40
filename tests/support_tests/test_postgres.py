import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support.patience import wait_until
from tests.support.postgres import Cluster

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.postgres


def _scalar(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(text(statement))
    finally:
        engine.dispose()


def test_sqlalchemy_reaches_a_new_database(cluster: Cluster) -> None:
    url = cluster.create_database("reached")
    assert str(_scalar(url, "SELECT version()")).startswith("PostgreSQL ")
    cluster.drop_database("reached")


def test_it_listens_on_its_socket_only(cluster: Cluster) -> None:
    assert _scalar(cluster.url("postgres"), "SHOW listen_addresses") == ""


def test_a_template_is_copied(cluster: Cluster) -> None:
    engine = create_engine(cluster.create_database("pattern"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mark AS SELECT 7 AS n"))
    engine.dispose()
    assert _scalar(cluster.create_database("copy", template="pattern"), "SELECT n FROM mark") == 7


def test_it_stops_starts_again_and_leaves_nothing() -> None:
    with Cluster() as cluster:
        url, folder = cluster.url("postgres"), cluster.folder
        cluster.stop()
        with pytest.raises(OperationalError):
            _scalar(url, "SELECT 1")
        cluster.start()
        assert _scalar(url, "SELECT 1") == 1
        pid = cluster.pid
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_it_ends_when_the_test_run_is_killed() -> None:
    program = "from tests.support.postgres import Cluster as C; c = C(); print(c.pid, c.folder, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        parent.kill()
    try:
        wait_until(lambda: not Path("/proc", pid).exists())
    finally:
        shutil.rmtree(folder)
