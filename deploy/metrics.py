"""Serve the numbers of all workers of this machine to Prometheus, until SIGTERM.

`PROMETHEUS_MULTIPROC_DIR` is where the workers keep them, `METRICS_LISTEN` an address that only operators' tools reach.
"""

import os
import signal
import sys

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector


def main() -> None:
    """Serve."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        sys.exit("PROMETHEUS_MULTIPROC_DIR is not set: the folder in which the workers keep their numbers.")
    host, _, port = os.environ.get("METRICS_LISTEN", "127.0.0.1:9100").rpartition(":")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    start_http_server(int(port), host.strip("[]"), registry)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.pause()


if __name__ == "__main__":
    main()
