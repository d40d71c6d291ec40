"""The section IP allowlist of the account settings."""
