"""Proofs: programs with a seed and a size that try to break the three promises. `make proofs` runs them all."""
