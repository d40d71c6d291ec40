"""A private PostgreSQL: its own data directory, a Unix socket only, nothing of the machine's own cluster touched."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from .processes import Process, StartError

OLDEST = 15

# Fast rather than safe: the data lives as long as the test run.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


def find_programs() -> Path | None:
    """The folder with initdb and postgres of the newest usable version."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    versions = {folder: _major(folder) for folder in folders}
    usable = [folder for folder in folders if versions[folder] >= OLDEST]
    return max(usable, key=versions.__getitem__, default=None)


def _major(folder: Path) -> int:
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


class Cluster:
    """`with Cluster() as cluster: create_engine(cluster.create_database("one"))`"""

    def __init__(self, *, disk_mb: int = 0) -> None:
        """`disk_mb`: its folder is a small disk of its own, which can be filled; only root may make one."""
        programs = find_programs()
        if programs is None:
            raise StartError(f"There is no PostgreSQL {OLDEST} or newer here (package postgresql)")
        self._programs = programs
        # PostgreSQL refuses to run as root. Directly under /tmp: whoever it runs as can get there, and a socket's
        # path has to be short.
        self._user = "postgres" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix=f"portal-postgres-{os.getpid()}-", dir="/tmp"))
        self._process: Process | None = None
        self._has_disk = disk_mb > 0
        if self._has_disk:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={disk_mb}m", "portal", self.folder], check=True)
        atexit.register(self.close)
        try:
            if self._user:
                shutil.chown(self.folder, self._user, self._user)
            self._initdb()
            self.start()
        except BaseException:
            self.close()
            raise

    def _initdb(self) -> None:
        command: list[str | Path] = [
            self._programs / "initdb",
            "--pgdata",
            self.folder / "data",
            "--username",
            "postgres",
        ]
        command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
        )

    def start(self) -> None:
        """Also after `stop`, or where it has ended itself, with the same data and the same URLs."""
        if self._process and self._process.running:
            self._process.wait_until(self._answers, "PostgreSQL")
            return
        command: list[str | Path] = [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        process = Process(
            command, log=self.folder / "log", user=self._user, cwd=self.folder, stop_signal=signal.SIGINT
        )  # SIGINT: "fast", which does not wait for clients
        self._process = process.wait_until(self._answers, "PostgreSQL")

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def stop(self) -> None:
        """The server only: from now on the database is unreachable."""
        if self._process:
            self._process.stop()

    def close(self) -> None:
        """The server, and the data with it. Again is harmless."""
        self.stop()
        if self._has_disk:
            subprocess.run(["umount", "--lazy", self.folder], check=True)
            self._has_disk = False
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        if not self._process:
            raise StartError("PostgreSQL has not been started")
        return self._process.pid

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{quote(database)}?host={quote(str(self.folder), safe='/')}"

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """A new database, empty or a copy of `template` (which nobody may be connected to), and its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        self._execute(statement)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)
