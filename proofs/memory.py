"""A worker under requests of which no two are spelled alike: its resident memory stays what it was."""

from __future__ import annotations

import gc
import io
import logging
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.client import BASE, COOKIE
from tests.support.quick import cookie_of, csrf_token, new_app, put_list, start_session
from tests.support.world import HOME
from webapp.runtime import garbage_collection, logs

LISTED = ("203.0.113.0/24", "2001:db8::/32")
METHODS = ("GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "OPTIONS", "PUT", "odd")
FIELDS = ("comment", "version", "then", "scope", "token", "operation", "page", "preview", "email", "next", "odd")
QUERIES = ("q", "v", "page", "sort", "filter", "keep", "address", "next", "odd")
HEADERS = ("ACCEPT_LANGUAGE", "ACCEPT_CHARSET", "USER_AGENT", "IF_NONE_MATCH", "RANGE", "HX_TARGET", "HX_CURRENT_URL")
TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary={0}; charset={0}", "text/{0}; charset={0}")
PART = '--{0}\r\nContent-Disposition: form-data; name="{1}"\r\nContent-Type: text/{0}; charset={0}\r\n\r\n{2}\r\n'
CHECKS, GROWTH_MB = 20, 4.0
Environ = dict[str, Any]


def run(rounds: int, seed: int, kind: str = "SQLite") -> Report:
    """Send so many requests to a worker of its own, and look at its memory twenty times."""
    claim = (
        f"After the first fifth, the resident memory of a worker grows by less than {GROWTH_MB:.0f} MB, however paths, "
        "queries, forms, headers, cookies, hosts, prefixes, methods, addresses and character sets are spelled."
    )
    not_measured = "gunicorn's own memory: requests are given to the WSGI application"
    report = Report(f"Memory under hostile spellings, {kind}", claim, seed, rounds, "requests", not_measured)
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, *LISTED, active=True)
        cookie = cookie_of(app, start_session(app, world.halden, world.users["dana"], HOME))
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(1) as pool:
            resident, answers, failures = pool.apply(_work, (url, cookie, csrf_token(app), rounds, seed))
    warm = resident[CHECKS // 5 - 1]
    growth = max(resident[CHECKS // 5 :]) - warm
    if growth >= GROWTH_MB:
        report.violated(f"it grew by {growth:.1f} MB: {[round(one, 1) for one in resident]}")
    for failure in failures:
        report.violated(failure)
    report.figures["resident memory after each fifth, in MB"] = ", ".join(f"{one:.1f}" for one in resident[3::4])
    report.figures["largest growth after the first fifth"] = f"{growth:.1f} MB"
    report.figures["answers"] = ", ".join(f"{status}: {count:,}" for status, count in sorted(answers.items()))
    return report


def _work(url: str, cookie: str, token: str, rounds: int, seed: int) -> tuple[list[float], Counter[int], list[str]]:
    """Be the worker: return its memory in MB at each check, how it answered, and what it should not have."""
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    logs.configure()
    app, chance = new_app(url), random.Random(seed)
    routes = [(str(rule), rule.endpoint) for rule in app.url_map.iter_rules()]
    garbage_collection.freeze_gc()
    resident, answers, failures = list[float](), Counter[int](), list[str]()
    for number in range(rounds):
        environ = _request(chance, f"{number:x}", chance.choice(routes)[0], cookie, token)
        status = _answer(app, environ)
        answers[status] += 1
        if status >= 500 and len(failures) < 10:
            failures.append(f"{status}: {environ['REQUEST_METHOD']} {environ['PATH_INFO']!r} {environ['QUERY_STRING']}")
        if (number + 1) * CHECKS // rounds > number * CHECKS // rounds:
            resident.append(_resident())
    logging.shutdown()
    return resident, answers, failures


def _answer(app: Flask, environ: Environ) -> int:
    seen: list[str] = []
    start: Callable[..., Any] = lambda status, headers, error=None: seen.append(status)  # noqa: E731
    body: Iterable[bytes] = app.wsgi_app(environ, start)
    for _ in body:
        pass
    if close := getattr(body, "close", None):
        close()
    return int(seen[0][:3])


def _resident() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _request(chance: random.Random, odd: str, rule: str, cookie: str, token: str) -> Environ:
    """Return a request that nobody has sent before: `odd` is another word each time, and is everywhere in it."""
    method = chance.choice(METHODS).replace("odd", f"M{odd}")
    signed_in = chance.random() < 0.5
    path = _path(chance, odd, rule)
    kind = chance.choice(TYPES).format(odd)
    body = _form(chance, odd, path, kind, token) if method == "POST" else b""
    environ: Environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": f"/{odd}" if chance.random() < 0.05 else "",
        "PATH_INFO": path,
        "QUERY_STRING": f"{chance.choice(QUERIES)}={odd}&{odd}={odd}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": f"{odd}.example.com" if chance.random() < 0.5 else "portal.example.com",
        "HTTP_X_FORWARDED_FOR": _client(chance, odd, signed_in=signed_in, path=path),
        "HTTP_COOKIE": f"{COOKIE}={cookie if signed_in else odd}; {odd}={odd}",
        f"HTTP_X_{odd.upper()}": odd,
        "HTTP_AUTHORIZATION": f"Bearer {odd}",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ |= {f"HTTP_{name}": odd for name in chance.sample(HEADERS, 3)}
    return environ | ({"HTTP_HX_REQUEST": "true"} if chance.random() < 0.4 else {})


def _path(chance: random.Random, odd: str, rule: str) -> str:
    """Return a route's path spelled in a new way, a static file's among them, or one that leads nowhere."""
    if rule.startswith("/static/<"):
        dots = "./" * (int(odd, 16) % 2_000)
        return f"/static/{odd}/../app.css" if chance.random() < 0.5 else f"/static/{dots}app.css"
    path = rule.replace("<int:entry_id>", str(int(odd, 16))).replace("<path:filename>", odd)
    how = chance.random()
    return path if how < 0.7 else f"{path}/{odd}" if how < 0.9 else f"/{odd}{path}"


def _client(chance: random.Random, odd: str, *, signed_in: bool, path: str) -> str:
    """Return who the proxy says it is: nobody who is to stay signed in comes from elsewhere."""
    if signed_in:
        return f"2001:db8::{int(odd, 16) >> 16:x}:{int(odd, 16) & 0xFFFF:x}" if chance.random() < 0.01 else HOME
    if path == "/login":
        return "192.0.2.1"  # throttled soon: no password is hashed
    return f"{odd}.{odd}" if chance.random() < 0.3 else f"2001:db8:1::{int(odd, 16) & 0xFFFF:x}"


def _form(chance: random.Random, odd: str, path: str, kind: str, token: str) -> bytes:
    fields = {name.replace("odd", odd): odd for name in chance.sample(FIELDS, 4)} | {"network": odd, "csrf_token": odd}
    if path == f"{BASE}/networks":  # Let in, because it is refused for its text; other forms would do something.
        fields["csrf_token"] = token
        fields.pop("page", None)
    if kind.startswith("multipart"):
        return ("".join(PART.format(odd, *pair) for pair in fields.items()) + f"--{odd}--\r\n").encode()
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in fields.items()).encode()
