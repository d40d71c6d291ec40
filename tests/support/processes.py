"""Child processes that end with the test run, however that ends."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from .patience import PATIENCE_S


class StartError(Exception):
    """A process that did not start, or ended early; the message carries what it had printed."""


class Process:
    """A child process with its output in a file. Ends with its parent where there is `setpriv` (as on Debian)."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.log = log
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [*_setpriv(user, stop_signal), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                pass_fds=pass_fds,
                start_new_session=True,  # Ctrl-C reaches pytest only, which then stops this process in order
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> Self:
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                state = "took too long" if self.running else f"ended with status {self._popen.returncode}"
                self.stop()
                raise StartError(f"{what}: {state}\n{self.output()}")
            time.sleep(0.02)
        return self

    def signal(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def wait(self, seconds: float = PATIENCE_S) -> int:
        return self._popen.wait(seconds)

    def stop(self, grace: float = 10) -> None:
        """The stop signal, then SIGKILL for whatever of its process group is left. Again is harmless."""
        if self.running:
            self._popen.send_signal(self._stop_signal)
            try:
                self._popen.wait(grace)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self._popen.wait()


def _setpriv(user: str | None, stop_signal: signal.Signals) -> list[str]:
    # preexec_fn could do this too, but warns when the process has threads, and pytest-xdist's workers have.
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin")
    as_user = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    if not setpriv:
        if user:
            raise StartError(f"Running a program as {user} needs setpriv (package util-linux)")
        return []
    return [setpriv, *as_user, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]
