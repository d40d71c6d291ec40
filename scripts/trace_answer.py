"""Follow one network through the portal in the present folder, from the handler of the POST to the end of the answer.

Run by `measures.py` in a checkout of any age, so it knows only what visitors and operators see. Prints JSON: `files`
whose functions are handed it, in their order, and how often the next one lies in another folder; how many files are
`entered` at all; the statements while templates render.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import flask
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ROOT = Path.cwd()
SECTION = "/account/settings/ip-allowlist"
PASSWORD = "a long pass phrase for the walk"  # noqa: S105 - of somebody invented, in a database that is thrown away
NETWORK = "192.0.2.0/24"
HOME = {"REMOTE_ADDR": "203.0.113.9"}
PAGES = ("/", "/account/settings", SECTION, f"{SECTION}/deactivate", f"{SECTION}/sessions", f"{SECTION}/blocked")


class Fields(HTMLParser):
    """The fields of the form whose action is `action`, with the values that the page gives them."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action, self._inside = action, False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field of the form."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = values.get("action") == self._action
        elif tag == "input" and self._inside and "name" in values:
            self.found[values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a form."""
        self._inside = self._inside and tag != "form"


class Walk:
    """The files of webapp/ and templates/ that run from the call of `handler` on, and those handed the network."""

    def __init__(self, handler: Any) -> None:
        self.entered: list[str] = []
        self.handed: list[str] = []
        self._handler, self._began = handler.__code__, False

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call (`sys.setprofile`)."""
        path = Path(frame.f_code.co_filename)
        is_handler = frame.f_code is self._handler
        self._began = self._began or is_handler
        if event != "call" or not self._began or not path.is_relative_to(ROOT):
            return
        name = str(path.relative_to(ROOT))
        if name.startswith(("webapp/", "templates/")):
            self.entered.append(name)
            self.handed += [name] if is_handler or _is_handed(frame) else []


def _is_handed(frame: FrameType) -> bool:
    """Whether an argument of the call, or an attribute of one, holds the network that was typed."""
    code = frame.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    arguments = [frame.f_locals[name] for name in names if name in frame.f_locals]
    try:
        return any(NETWORK in repr(one) or NETWORK in repr(getattr(one, "__dict__", "")) for one in arguments)
    except Exception:  # an object that is not built yet has nothing to show
        return False


def changes_of_folder(names: list[str]) -> int:
    """Return how often the next file lies in another folder."""
    return sum(Path(one).parent != Path(other).parent for one, other in pairwise(names))


def portal(folder: str) -> Flask:
    """Return the portal on a new database, with an owner in it."""
    os.environ |= {"SECRET_KEY": "0123456789abcdef" * 3, "DATABASE_URL": f"sqlite:///{folder}/walk.sqlite3"}
    os.environ |= {"PORTAL_USER_PASSWORD": PASSWORD}
    sys.path.insert(0, str(ROOT))
    app: Flask = importlib.import_module("webapp").create_app()
    runner = app.test_cli_runner()
    for command in (
        "db upgrade",
        "account create Halden",
        "user create dana@halden.example --name Dana --account 1 --role owner",
    ):
        result = runner.invoke(args=command.split())
        if result.exit_code:
            sys.exit(result.output)
    return app


def expect(answer: TestResponse, *statuses: int) -> None:
    """End the program where the portal answers otherwise."""
    if answer.status_code not in statuses:
        sys.exit(f"{answer.request.path}: {answer.status}\n{answer.text}")


def post(client: FlaskClient, page: str, path: str, fields: dict[str, str], *, htmx: bool = False) -> None:
    """Send the form of `page` that goes to `path`, filled in."""
    shown = Fields(client.get(page, environ_base=HOME).text, path).found
    headers = {"HX-Request": "true", "HX-Target": "allowlist-add"} if htmx else {}
    if htmx:
        headers["X-Page-Identity"] = shown["page"]
    answer = client.post(path, data=shown | fields, headers=headers, environ_base=HOME)
    expect(answer, 200, 303, 409)


@contextmanager
def sql_while_rendering(app: Flask) -> Iterator[Counter[str]]:
    """Count the statements between the beginning and the end of each render, by template."""
    found, rendering = Counter[str](), list[str]()

    def begin(_app: Flask, template: Any, **_: Any) -> None:
        rendering.append(template.name)

    def end(_app: Flask, **_: Any) -> None:
        rendering.clear()

    def note(*_: Any) -> None:
        found.update(rendering[-1:])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    with flask.before_render_template.connected_to(begin, app), flask.template_rendered.connected_to(end, app):
        yield found
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def main() -> None:
    """Sign in, look at the pages, add a network, and print what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        app = portal(folder)
        client = app.test_client()
        fields = {"email": "dana@halden.example", "password": PASSWORD}
        post(client, "/login", "/login", fields)
        networks = f"{SECTION}/networks"
        with sql_while_rendering(app) as statements:
            post(client, SECTION, networks, {"network": "203.0.113.0/24"}, htmx=True)
            post(client, f"{SECTION}/activate", f"{SECTION}/activate", {})
            for page in PAGES:
                expect(client.get(page, environ_base=HOME), 200)
            post(client, f"{SECTION}/networks/1/edit", f"{SECTION}/networks/1", {"version": "old"}, htmx=True)
        walk = Walk(app.view_functions[app.url_map.bind("localhost").match(networks, method="POST")[0]])
        sys.setprofile(walk)
        post(client, SECTION, networks, {"network": NETWORK, "comment": "walk"}, htmx=True)
        sys.setprofile(None)
    found = {
        "files": list(dict.fromkeys(walk.handed)),
        "changes": changes_of_folder(walk.handed),
        "entered": len(set(walk.entered)),
        "sql_while_rendering": sum(statements.values()),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
