"""gunicorn's settings in production: `gunicorn --config deploy/gunicorn.conf.py webapp.wsgi:app`."""

import multiprocessing
import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

bind = os.environ.get("LISTEN", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count() + 1))
worker_class = "gthread"
threads = 4
# Longer than nginx keeps an idle connection, so that it is nginx that closes.
keepalive = 75
# The portal gives a database up within 6 seconds; a worker that is silent for longer is stuck.
timeout = 30
graceful_timeout = 10
# A header above 8 KiB is refused before the portal reads it.
limit_request_field_size = 8190
forwarded_allow_ips = ""  # the portal reads X-Forwarded-For itself, from TRUSTED_PROXIES
forwarder_headers = ""  # SCRIPT_NAME and PATH_INFO are no headers, over a Unix socket either
control_socket_disable = True
# gunicorn's own lines are JSON, too. Nothing of the portal is imported here: after a reload it would still be the old.
logconfig_dict = {
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(message)s%(levelname)s%(process)d",
            "rename_fields": {"levelname": "level"},
            "static_fields": {"event": "server"},
            "timestamp": "time",
        }
    },
    "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["json"], "propagate": False},
        "alembic.runtime.plugins": {"level": "WARNING"},  # It names each of its own at every start.
    },
    "root": {"level": "INFO", "handlers": ["json"]},
}


class Quiet(Logger):  # type: ignore[misc]
    """gunicorn's logger without its access log, which `logconfig_dict` would switch on: the portal writes the lines."""

    def access(self, *_: Any) -> None:
        """Write nothing, and gather nothing for it."""


logger_class = Quiet


def on_starting(_server: Any) -> None:
    """Begin with no numbers of workers that are no more."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in Path(folder).glob("*.db"):
            file.unlink()


def child_exit(_server: Any, worker: Any) -> None:
    """Let the metrics forget the gauges of a worker that has ended."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
