"""The portal's image: built by buildah, and run as it says itself, on a root file system that cannot be written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .processes import Process
from .server import ROOT

NAME, BASE, RELEASE = "ip-allowlist-portal", "debian:bookworm-slim", "bookworm"
# What a machine needs to reach its registries of packages. Seen while the image is built, and not kept in it.
MACHINES_OWN = ("/etc/pip.conf", "/etc/ssl/certs", "/etc/apt/apt.conf.d")
ENV = {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}  # without user namespaces and overlays, too
# Like a container of `deploy/compose.yaml`: its processes, its network and its mounts are its own; only /tmp and what
# is mounted can be written.
START = """
root=$1 user=$2 folder=$3; shift 3
ip link set lo up
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc" && mount -t tmpfs -o mode=1777,noexec,nosuid tmpfs "$root/tmp"
while [ "$1" != -- ]; do
    place=$root${1%%=*}
    case ${1%%=*} in /tmp/*) mkdir -p "$place" ;; esac
    mount --bind "${1#*=}" "$place"; shift
done
shift
exec chroot --userspec="$user" "$root" /usr/bin/env --chdir="$folder" "$@"
"""


def missing() -> str:
    """Return what has to be installed first, if anything."""
    programs = ["buildah", "unshare"] if _has(BASE) else ["buildah", "mmdebstrap", "unshare"]
    return ", ".join(name for name in programs if shutil.which(name) is None)


def buildah(*arguments: str | Path, source: Path = ROOT) -> str:
    """Run buildah; return what it says."""
    done = subprocess.run(["buildah", *arguments], env=os.environ | ENV, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.strip()


def _has(name: str) -> bool:
    command = ["buildah", "inspect", "--type", "image", name]
    return (
        bool(shutil.which("buildah"))
        and not subprocess.run(command, env=os.environ | ENV, capture_output=True, check=False).returncode
    )


def build(source: Path) -> None:
    """Build the image of a checkout; a Debian of the machine's own packages is its base where there is no other."""
    if not _has(BASE):
        _make_base()
    mounts = [f"--volume={path}:{path}:ro" for path in MACHINES_OWN if Path(path).exists()]
    options = ("--pull-never", "--format=docker", "--no-cache", *mounts)
    buildah("build", *options, "--file=deploy/Containerfile", f"--tag={NAME}", ".", source=source)


def given(source: Path) -> set[str]:
    """Return the files that an engine is given when the image is built of a checkout."""
    name = f"{NAME}-given"
    (source.parent / "Containerfile").write_text("FROM scratch\nCOPY . /\n")
    buildah("build", "--format=docker", f"--file={source.parent}/Containerfile", f"--tag={name}", ".", source=source)
    with mounted(name) as root:
        found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    buildah("rmi", name)
    return found


def _make_base() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = f"{folder}/base.tar"
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", RELEASE, tree], check=True)
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, tree, "/")
        buildah("commit", "--quiet", "--rm", container, BASE)


def config() -> dict[str, Any]:
    """Return what the image says of itself."""
    found: dict[str, Any] = json.loads(buildah("inspect", "--type", "image", NAME))["Docker"]["config"]
    return found


@contextmanager
def mounted(name: str = NAME) -> Iterator[Path]:
    """Return an image's root file system, of a container that is removed afterwards."""
    container = buildah("from", "--pull-never", name)
    try:
        yield Path(buildah("mount", container))
    finally:
        buildah("rm", container)


class Container:
    """What runs in it: `with Container(root, settings, mounts={"/data": folder}) as container: …`"""

    def __init__(self, root: Path, settings: Mapping[str, str], mounts: Mapping[str, Path]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-image-", dir="/tmp"))
        self._root, self._mounts, self._config = root, mounts, config()
        self._env = [*self._config["Env"], *(f"{name}={value}" for name, value in settings.items())]
        self._process: Process | None = None

    def _command(self, *words: str) -> list[str]:
        places = [f"{place}={source}" for place, source in self._mounts.items()]
        user, folder = self._config["User"], self._config["WorkingDir"]
        network = ["--net"] if self._process is None else []
        beside = [] if self._process is None else ["nsenter", f"--net=/proc/{self.first_pid()}/ns/net"]
        unshare = ["unshare", *network, "--mount", "--pid", "--ipc", "--fork", "--kill-child"]
        return [
            *beside,
            *unshare,
            "sh",
            "-euc",
            START,
            "sh",
            str(self._root),
            user,
            folder,
            *places,
            "--",
            "-i",
            *self._env,
            *words,
        ]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the image, in the network of what it runs by itself if that is started."""
        return subprocess.run(self._command(*words), capture_output=True, text=True, check=False, timeout=120)

    def start(self) -> Process:
        """Start what it runs by itself."""
        self._process = Process(self._command(*self._config["Cmd"]), log=self.folder / "log")
        self._process.wait_until(lambda: bool(self._children()), "The image")
        return self._process.wait_until(lambda: not self.health().returncode, "The image")

    def health(self) -> subprocess.CompletedProcess[str]:
        """Ask whether it is healthy, as the image says."""
        kind, *command = self._config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.run(*command)

    def first_pid(self) -> int:
        """Return the process that is the first one inside."""
        (child,) = self._children()
        return int(child)

    def _children(self) -> list[str]:
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()

    def end(self) -> int:
        """Ask what it runs to end, as a container is stopped; return its exit status."""
        assert self._process is not None
        os.kill(self.first_pid(), getattr(signal, str(self._config["StopSignal"])))
        return self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def said(done: subprocess.CompletedProcess[str]) -> Sequence[str]:
    """Return the lines of a command that went well."""
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
