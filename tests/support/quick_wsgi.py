"""The portal as `wsgi.py` has it, but that hashing is cheap: people of tests sign in thousands of times."""

from tests.support.world import CHEAP
from webapp.identity import passwords
from wsgi import app

__all__ = ["app"]
passwords.METHOD = CHEAP
