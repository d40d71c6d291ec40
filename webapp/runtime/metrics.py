"""Metrics for Prometheus. Workers keep numbers in PROMETHEUS_MULTIPROC_DIR; deploy/metrics.py serves the sum."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

REQUESTS = Counter("portal_requests", "Answers by method, endpoint and status.", ["method", "endpoint", "status"])
SECONDS = Histogram(
    "portal_request_seconds",
    "Time to answer, by endpoint.",
    ["endpoint"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DECISIONS = Counter("portal_decisions", "Decisions that matter, by event and outcome.", ["event", "outcome"])
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


log = logging.getLogger("portal")


def answered(method: str, endpoint: str | None, status: int, seconds: float) -> None:
    """Count an answer. Labels are words of ours only: a stranger must not be able to invent time series."""
    name = endpoint or "none"
    with _ignore_write_errors():
        REQUESTS.labels(method if method in METHODS else "other", name, str(status)).inc()
        SECONDS.labels(name).observe(seconds)


def decided(event: str, outcome: str) -> None:
    """Count a decision."""
    with _ignore_write_errors():
        DECISIONS.labels(event, outcome).inc()


@contextmanager
def _ignore_write_errors() -> Iterator[None]:
    """Log that the folder of numbers cannot be written (gone, or of another user): that must not cost an answer."""
    try:
        yield
    except OSError as error:
        log.error("metrics", extra={"event": "metrics", "outcome": type(error).__name__})
