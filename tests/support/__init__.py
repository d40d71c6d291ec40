"""The real parts that tests run against: PostgreSQL, Chromium, gunicorn. Nothing here knows the portal's code."""
