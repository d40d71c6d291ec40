"""Benchmarks: `make bench` measures the budgets in one run. They never fail a test."""
