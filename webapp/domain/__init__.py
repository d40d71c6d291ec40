"""The rules of the allowlist: standard library only, no Flask, SQL, clock or environment."""
