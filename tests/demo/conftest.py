"""The demo, for its tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster
from webapp import create_app
from webapp.config import Config
from webapp.demo import sample_data


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def demo_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo, seeded twice, on a database of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/portal.sqlite3"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.drop_database("demo")  # pytest may come back to a parameter that it has torn down
        url = cluster.create_database("demo")
    migrate(url)
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=url, demo=True))
    for _ in range(2):
        result = app.test_cli_runner().invoke(args=["demo", "seed"])
        assert result.exit_code == 0, result.output
        assert sample_data.PASSWORD in result.stdout
    yield app
    dispose(app)
