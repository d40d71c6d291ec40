"""Limits of sign-ins hold over three real workers together, and shut out nobody else."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.patience import PATIENCE_S
from tests.support.quick import writing
from tests.support.server import Server
from tests.support.world import ELSEWHERE, HOME, OFFICE, PASSWORD, World, email_of
from webapp.runtime import clock
from webapp.storage.models import SignIn

LIMITS = {"SIGN_IN_LIMIT_CLIENT": "3", "SIGN_IN_LIMIT_SUCCESS": "2"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def server(app: Flask, database_url: str) -> Iterator[Server]:
    """Three workers on the test's database, with low limits."""
    env = {"DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
    with Server(env | LIMITS, workers=3, app="tests.support.quick_wsgi:app") as server:
        yield server


def sign_in(server: Server, person: str, address: str, password: str = PASSWORD) -> tuple[int, str]:
    """Sign in with a new browser over new connections; return the status, and when to try again."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/login", headers={"X-Forwarded-For": address})
        page = connection.getresponse()
        found = TOKEN.search(page.read().decode())
        assert found
        fields = {"email": email_of(person), "password": password, "csrf_token": found[1]}
        cookie = str(page.getheader("Set-Cookie")).partition(";")[0]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
        connection.request("POST", "/login", urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After", "")
    finally:
        connection.close()


def known_at_home(app: Flask, world: World) -> None:
    """Dana has signed in from HOME before."""
    row = {"account_id": world.halden, "user_id": world.users["dana"], "address": HOME, "client": f"{HOME}/32"}
    with writing(app) as connection:
        connection.execute(sa.insert(SignIn).values(**row, last_at=clock.now()))


def test_neither_strangers_nor_somebody_who_signs_in_again_and_again_shut_others_out(
    app: Flask, world: World, server: Server
) -> None:
    known_at_home(app, world)
    with ThreadPoolExecutor(4) as threads:
        invented = list(threads.map(lambda number: sign_in(server, f"person{number}", HOME, "guess")[0], range(4)))
        again = list(threads.map(lambda _: sign_in(server, "dana", HOME), range(4)))
    assert sorted(invented) == [401] * 3 + [429]
    assert sorted(status for status, _ in again) == [303] * 2 + [429] * 2
    assert all(0 < int(wait) <= 900 for status, wait in again if status == 429)
    assert sign_in(server, "dana", OFFICE)[0] == sign_in(server, "mara", ELSEWHERE)[0] == 303
    assert sign_in(server, "mara", HOME)[0] == 429  # not known there
