"""The portal as it runs in production: a real gunicorn with real workers on a real socket."""

import atexit
import http.client
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .processes import Process, StartError

ROOT = Path(__file__).parents[2]

# A developer's own settings stay out of the tests.
SETTINGS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "PUBLIC_URL",
    "TRUSTED_PROXIES",
    "DEMO",
    "PORTAL_",
    "SUPPORT_CONTACT",
    "HELP_URL",
    "BRAND_DIR",
    "SESSION_",
    "MAX_SESSIONS_",
    "SIGN_IN_",
    "GUNICORN_",
    "WEB_",
)


class Server:
    """`with Server({"DATABASE_URL": url, "SECRET_KEY": key}) as server: urlopen(server.url + "/healthz")`

    `host` may be an IPv6 address. With `unix=True` it listens on `unix_path` as well. `port` 0 takes a free one, known
    from the start, so that `env` can be completed later: `Server(env, start=False)`, then `server.env[...] = ...`.
    `shipped`: with the settings of deploy/gunicorn.conf.py and what that reads from the environment, nothing else.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        workers: int = 1,
        threads: int = 4,
        host: str = "127.0.0.1",
        port: int = 0,
        unix: bool = False,
        app: str = "wsgi:app",
        cwd: Path = ROOT,
        arguments: Sequence[str] = (),
        shipped: bool = False,
        python: Path | str = sys.executable,
        start: bool = True,
    ) -> None:
        self.env = dict(env)
        self.host = host
        self._app, self._cwd, self._shipped, self._python = app, cwd, shipped, str(python)
        if shipped:
            self.env["WEB_CONCURRENCY"] = str(workers)
            self._arguments = ["--config", "deploy/gunicorn.conf.py", *arguments]
        else:
            self._arguments = ["--workers", str(workers), "--worker-class", "gthread", "--threads", str(threads)]
            self._arguments += ["--graceful-timeout", "5", "--no-control-socket", *arguments]
        self._process: Process | None = None
        self._workers = workers
        self.folder = Path(tempfile.mkdtemp(prefix=f"portal-server-{os.getpid()}-", dir="/tmp"))
        self.unix_path = self.folder / "portal.sock" if unix else None
        self.port = port
        self._listeners = self._bind()
        atexit.register(self.close)
        if start:
            try:
                self.start()
            except BaseException:
                self.close()
                raise

    def _bind(self) -> list[socket.socket]:
        # Bound here and handed to gunicorn, so that no other process can take the port in between.
        tcp = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind((self.host, self.port))
        self.port = tcp.getsockname()[1]
        if not self.unix_path:
            return [tcp]
        self.unix_path.unlink(missing_ok=True)
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(str(self.unix_path))
        return [tcp, unix]

    @property
    def url(self) -> str:
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        if not self._process:
            raise StartError("The server has not been started")
        return self._process.pid

    def log(self) -> str:
        """Everything it has printed so far, for the message of a failure."""
        return self._process.output() if self._process else ""

    def start(self) -> None:
        """Also after `stop`, on the same port."""
        self._listeners = self._listeners or self._bind()
        descriptors = [listener.fileno() for listener in self._listeners]
        binds = [] if self._shipped else [f"--bind=fd://{descriptor}" for descriptor in descriptors]
        if self._shipped:
            self.env["LISTEN"] = f"fd://{descriptors[0]}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        self._process = Process(
            [self._python, "-m", "gunicorn", self._app, *binds, *self._arguments],
            log=self.folder / "log",
            env={**inherited, "PYTHONUNBUFFERED": "1", **self.env},
            cwd=self._cwd,
            pass_fds=descriptors,
        )
        self._close_listeners()  # gunicorn has its own copies
        self._process.wait_until(lambda: len(self.worker_pids()) >= self._workers and self._answers(), "gunicorn")

    def worker_pids(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    def _answers(self) -> bool:
        # Any answer below 500 will do: with PUBLIC_URL set, another host name is refused.
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def signal(self, number: signal.Signals) -> None:
        """To the master process: SIGHUP renews the workers."""
        os.kill(self.pid, number)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL. The log can still be read."""
        if self._process:
            self._process.stop()
        self._close_listeners()

    def close(self) -> None:
        """Stopped, and its folder removed. Again is harmless."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
