"""A module of pages that can't be imported."""

raise KeyError("ACME_DATABASE\nis not set")
