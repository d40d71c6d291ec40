import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S, wait_until
from tests.support.processes import StartError
from tests.support.server import Server

APP = """
import os

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.environ.get('WORD')} {environ['PATH_INFO']}".encode()]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "little.py").write_text(APP)
    (tmp_path / "broken.py").write_text("raise RuntimeError('SECRET_KEY is missing')")
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with Server({"WORD": "hello"}, app="little:app", cwd=folder, workers=2, unix=True) as server:
        yield server


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return str(answer.read().decode())


def test_it_serves_with_the_given_environment(server: Server) -> None:
    assert _get(server.url + "/somewhere") == "hello /somewhere"


def test_it_serves_on_a_unix_socket(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.unix_path))
        connection.sendall(b"GET /by-socket HTTP/1.0\r\n\r\n")
        assert connection.makefile("rb").read().endswith(b"hello /by-socket")


def test_it_stops_and_starts_again_on_its_port(server: Server) -> None:
    server.stop()
    with pytest.raises(OSError, match="refused"):
        _get(server.url)
    server.env["WORD"] = "again"
    server.start()
    assert _get(server.url) == "again /"


def test_it_survives_a_renewal_of_its_workers(server: Server) -> None:
    server.signal(signal.SIGHUP)
    assert _get(server.url) == "hello /"


def test_a_failed_start_says_why(folder: Path) -> None:
    with pytest.raises(StartError, match="SECRET_KEY is missing"):
        Server({}, app="broken:app", cwd=folder)


def test_the_developers_settings_stay_outside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////precious.db")
    (folder / "little.py").write_text(APP.replace("'WORD'", "'DATABASE_URL'"))
    with Server({}, app="little:app", cwd=folder) as server:
        assert _get(server.url) == "None /"


def test_it_listens_on_ipv6(folder: Path) -> None:
    with Server({"WORD": "six"}, app="little:app", cwd=folder, host="::1") as server:
        assert _get(server.url) == "six /"


def test_nothing_is_left(folder: Path) -> None:
    with Server({}, app="little:app", cwd=folder, workers=2) as server:
        pids = [server.pid, *server.worker_pids()]
    assert len(pids) == 3
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))  # the kernel takes its time to forget
    assert not server.folder.exists()
