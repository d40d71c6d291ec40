"""A list as a file: what is exported and imported again changes nothing (R17)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from webapp.domain.allowlist import Allowlist, Entry

_FORMULA = ("'", "=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet would not take as one
_COLUMNS = ("network", "comment", "added_by", "added_at")


def to_csv(allowlist: Allowlist) -> str:
    """Return the list as RFC 4180 has it. A text that a spreadsheet could take for a formula begins with `'`."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for entry in allowlist.entries:
        writer.writerow([formula_safe(value) for value in _facts(entry).values()])
    return file.getvalue()


def to_json(allowlist: Allowlist) -> str:
    """Return the list as a JSON document: its state, and its networks with what is known of them."""
    networks = [_facts(entry) for entry in allowlist.entries]
    state = "active" if allowlist.active else "inactive"
    return json.dumps({"state": state, "networks": networks}, ensure_ascii=False, indent=2) + "\n"


def to_txt(allowlist: Allowlist) -> str:
    """Return one network a line, its comment behind a `#`."""
    return "".join(f"{entry.network}{_behind(entry)}\n" for entry in allowlist.entries)


def to_nginx(allowlist: Allowlist) -> str:
    """Return nginx `allow` lines, without the `deny all` that belongs behind them."""
    return "".join(f"allow {entry.network};{_behind(entry)}\n" for entry in allowlist.entries)


EXPORTS: Mapping[str, Callable[[Allowlist], str]] = MappingProxyType(
    {"csv": to_csv, "json": to_json, "txt": to_txt, "nginx": to_nginx}
)
"""How a list is written, by the name of the format."""


def _facts(entry: Entry) -> dict[str, str]:
    added_at = entry.added_at.isoformat() if entry.added_at else ""
    values = (entry.network.text, entry.comment, entry.added_by, added_at)
    return dict(zip(_COLUMNS, values, strict=True))


def formula_safe(text: str) -> str:
    """Return the text as a spreadsheet takes it for a text; an import removes what is put before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _behind(entry: Entry) -> str:
    return f" # {entry.comment}" if entry.comment else ""
