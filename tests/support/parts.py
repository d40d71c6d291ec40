"""A pytest plugin: one PostgreSQL and one Chromium for each pytest-xdist worker, made when the first test asks."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from . import chromium, postgres


def pytest_configure() -> None:
    # A stopped run (`make test` passes SIGTERM on) ends like an interrupted one: with its fixtures' clean-up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    if postgres.find_programs() is None:
        pytest.skip(f"PostgreSQL {postgres.OLDEST} or newer is missing (package postgresql)")
    with postgres.Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if reason := chromium.missing():
        pytest.skip(reason)
    with chromium.launch() as browser:
        yield browser
