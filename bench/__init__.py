"""Benchmarks: `make bench` measures the budgets of DESIGN 13 in one run. They never fail a test."""
