"""What every answer has in common: htmx, templates, headers, errors, static files."""
