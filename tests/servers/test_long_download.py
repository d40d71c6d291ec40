"""A long download of history at a real gunicorn: complete, or visibly cut off; `webapp/settings/history/export.py`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.client import COOKIE
from tests.support.past import record_past
from tests.support.patience import PATIENCE_S
from tests.support.quick import cookie_of, start_session, writing
from tests.support.server import Server
from tests.support.world import World
from webapp.storage.models import PortalSessionRow

EVENTS, KEY = 30_000, "a key for tests, and long enough"


def test_a_reader_who_is_signed_out_meanwhile_gets_a_file_that_is_no_whole_one(
    app: Flask, world: World, database_url: str
) -> None:
    record_past(app, world, EVENTS, datetime(2020, 1, 1, tzinfo=UTC))
    cookie = cookie_of(app, start_session(app, world.halden, world.users["dana"], "127.0.0.1"))
    with Server({"DATABASE_URL": database_url, "SECRET_KEY": KEY}) as server:
        with download(server, cookie) as whole:
            assert len(json.loads(whole.read())) >= EVENTS
        with download(server, cookie) as cut_off:
            assert cut_off.read(1) == b"["
            with writing(app) as connection:
                connection.execute(sa.delete(PortalSessionRow))
            with pytest.raises(http.client.IncompleteRead):
                cut_off.read()


@contextmanager
def download(server: Server, cookie: str) -> Iterator[http.client.HTTPResponse]:
    """Ask for all of it."""
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)) as connection:
        headers = {"Cookie": f"{COOKIE}={cookie}"}
        connection.request("GET", "/account/settings/history/export?format=json", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Transfer-Encoding"]) == (200, "chunked")
        with answer:
            yield answer
