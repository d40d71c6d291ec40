"""Metrics for Prometheus. Workers keep numbers in PROMETHEUS_MULTIPROC_DIR; deploy/metrics.py serves the sum."""

from __future__ import annotations

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


def answered(method: str, endpoint: str | None, status: int, seconds: float) -> None:
    """Count an answer. Labels are words of ours only: a stranger must not be able to invent time series."""
    name = endpoint or "none"
    REQUESTS.labels(method if method in METHODS else "other", name, str(status)).inc()
    SECONDS.labels(name).observe(seconds)


def decided(event: str, outcome: str) -> None:
    """Count a decision."""
    DECISIONS.labels(event, outcome).inc()
