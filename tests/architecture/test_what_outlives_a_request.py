"""Memory that outlives a request: all of it is in docs/architecture.md, and strangers cannot make it grow."""

from __future__ import annotations

import ast
import encodings
import re
from collections.abc import Iterator
from pathlib import Path

import prometheus_client
from flask import Flask
from gunicorn.config import Config as Gunicorn  # type: ignore[import-untyped]

from tests.support.client import BASE, COOKIE, Browser
from tests.support.quick import engine_of, put_list, start_session
from tests.support.world import HOME, World
from webapp.config import app_object
from webapp.domain import coverage
from webapp.domain.address import parse_address
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network, parse_network
from webapp.guard import allowlist_cache
from webapp.guard.allowlist_cache import AllowlistCache
from webapp.web import assets

ROOT = Path(__file__).parents[2]
CACHES = {"cache", "lru_cache", "functools.cache", "functools.lru_cache"}
EMPTY = {"{}", "[]", "set()", "dict()", "list()", "OrderedDict()", "deque()", "Counter()"}
SPELLINGS = 300


def documented() -> set[str]:
    """Return the names in the table of what outlives a request."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## What outlives a request")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}


def kept_by_code() -> Iterator[str]:
    """Yield what webapp/ keeps: cached functions; empty containers of modules and objects; assignments to `global`."""
    for file in sorted((ROOT / "webapp").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                decorators = {ast.unparse(one).partition("(")[0] for one in node.decorator_list}
                yield from [f"{file.stem}.{node.name}"] if decorators & CACHES else []
            elif isinstance(node, ast.Global):
                yield from (f"{file.stem}.{name}" for name in node.names)
            elif isinstance(node, ast.ClassDef):
                yield from _containers(node.name, ast.walk(node), "self.")
        yield from _containers(file.stem, iter(tree.body), "")


def _containers(owner: str, nodes: Iterator[ast.AST], prefix: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and ast.unparse(node.value) in EMPTY:
            target = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            if target.startswith(prefix):
                yield f"{owner}.{target.removeprefix(prefix)}"


def test_whatever_outlives_a_request_is_documented_with_its_bound() -> None:
    found = set(kept_by_code())
    assert {"network.from_canonical", "AllowlistCache._kept", "Coverage._decided", "assets.bundles"} <= found
    assert found <= documented(), "add it to docs/architecture.md, with its keys' origin and its bound"
    gone = {name for name in documented() if name.partition(".")[0] in {"assets", "passwords", "readiness", "network"}}
    assert gone <= found, "docs/architecture.md names what is no more"


def test_a_static_file_is_remembered_by_the_name_that_pages_link_to_and_no_other(app: Flask) -> None:
    before, client = dict(assets.versions()), app.test_client()
    for number in range(1, SPELLINGS):
        for name in ("./" * number + "app.css", "x/../" * (number % 40) + "app.css", f"unknown-{number}.css"):
            answer = client.get(f"/static/{name}?v={number}", buffered=True)
            assert answer.status_code in {200, 404}
    assert assets.versions() == before
    assert set(before) == set(assets.BUNDLES) | {"htmx.js"}


def test_a_prefix_that_a_request_claims_is_not_remembered(app: Flask) -> None:
    for number in range(SPELLINGS):
        with app.test_request_context(environ_overrides={"SCRIPT_NAME": f"/{number}"}):
            assert assets.asset("app.css").startswith(f"/{number}/static/app.css?v=")
    assert not hasattr(assets.asset, "cache_info")


def test_gunicorn_takes_nobodys_word_for_the_prefix() -> None:
    settings: dict[str, object] = {"__file__": str(ROOT / "deploy" / "gunicorn.conf.py")}
    exec((ROOT / "deploy" / "gunicorn.conf.py").read_text(encoding="utf-8"), settings)  # noqa: S102 - as gunicorn does
    gunicorn = Gunicorn()
    for name in ("forwarder_headers", "forwarded_allow_ips"):
        gunicorn.set(name, settings[name])
        assert getattr(gunicorn, name) == []


def test_decisions_and_networks_are_remembered_up_to_their_bounds() -> None:
    covering = Coverage([parse_network("2001:db8::/32")])
    for number in range(coverage._REMEMBERED + SPELLINGS):  # noqa: SLF001 - the bound itself
        covering.covers(parse_address(f"2001:db8::{number:x}"))
    assert len(covering._decided) <= coverage._REMEMBERED  # noqa: SLF001
    assert Network.from_canonical.cache_info().maxsize == 50_000


def test_compiled_lists_are_kept_up_to_their_bound(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    kept = AllowlistCache()
    with app.app_context():
        for number in range(allowlist_cache.MAX_KEPT + 1):
            kept._kept[-number] = kept._compile(world.halden)  # noqa: SLF001 - a thousand accounts take a second
            assert len(kept._kept) <= allowlist_cache.MAX_KEPT + 1  # noqa: SLF001


def test_hostile_requests_grow_nothing_that_is_kept(app: Flask, world: World) -> None:
    put_list(app, world.halden, "203.0.113.0/24", active=True)
    dana = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))
    hostile(dana, "warm")
    before = sizes(app)
    hostile(dana, "other")
    assert sizes(app) == before


def hostile(browser: Browser, word: str) -> None:
    """Send requests of which no two are spelled alike."""
    for number in range(40):
        odd = f"{word}{number}"
        sent = {"X-Forwarded-For": HOME, f"X-{odd}": odd, "HX-Target": odd, "Accept-Language": odd}
        body = f'--{odd}\r\nContent-Disposition: form-data; name="{odd}"\r\nContent-Type: text/plain; charset={odd}\r\n'
        multipart = f"multipart/form-data; boundary={odd}; charset={odd}"
        for method, path in ((odd.upper(), "/"), ("GET", f"/{odd}"), ("GET", f"{BASE}?q={odd}&sort={odd}&{odd}=1")):
            browser.client.open(path, method=method, headers=sent, buffered=True)
        browser.client.post(f"/{odd}", data=f"{body}\r\n{odd}\r\n--{odd}--\r\n", content_type=multipart, headers=sent)
        browser.client.get("/login", headers=sent | {"Host": f"{odd}.example.com", "Cookie": f"{COOKIE}={odd}"})


def sizes(app: Flask) -> dict[str, int]:
    """Return how much is kept."""
    samples = [sample for metric in prometheus_client.REGISTRY.collect() for sample in metric.samples]
    return {
        "metrics": len([sample for sample in samples if sample.name.startswith("portal")]),
        "character sets": len(encodings._cache),  # noqa: SLF001 - what is looked up by name stays for good
        "templates": len(app.jinja_env.cache or ()),
        "statements": len(engine_of(app)._compiled_cache or ()),  # noqa: SLF001 - no other way to see it
        "extensions": len(app.extensions),
        "files": len(assets.versions()),
        "lists": len(app_object(AllowlistCache, app)._kept),  # noqa: SLF001
    }
