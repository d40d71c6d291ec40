"""How a program is called in lists and events: by the owner whom it acts for, and its token (R18)."""

from __future__ import annotations

import re

_NAME = '{} (API token "{}")'
_TOKEN = re.compile(r' \(API token "(.*)"\)\Z', re.DOTALL)


def program_name(owner: str, token: str, longest: int) -> str:
    """Return the program's name, of at most so many characters: both names are cut where they do not fit."""
    name, part = _NAME.format(owner, token), (longest - len(_NAME.format("", ""))) // 2
    return name if len(name) <= longest else _NAME.format(_cut(owner, part), _cut(token, part))


def by_token(name: str) -> str:
    """Return what a program's name says of its token; nothing of a person's."""
    found = _TOKEN.search(name)
    return found[0] if found else ""


def token_of(name: str) -> tuple[str, str]:
    """Return whom a program's name says that it acts for, and its token; of a person their name and nothing."""
    found = _TOKEN.search(name)
    return (name[: found.start()], found[1]) if found else (name, "")


def _cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
