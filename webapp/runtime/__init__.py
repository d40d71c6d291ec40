"""What the process has: the clock, logs, metrics, garbage collection. Nothing here answers a request."""
