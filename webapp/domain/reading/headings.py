"""What stands around the lines of a configuration or a list: names, brackets, blocks that exclude (R13)."""

from __future__ import annotations

import re

from webapp.domain.reading.around import beside_problem, name_excludes, plain_name

_CLOSING = re.compile(r"[\[\]{}(),;\s]+")
_MARK = re.compile(r"---(?:\s.*)?|\.\.\.|%YAML.*|\"{3}|`{3}\w*")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z]\w*+)[^<>]*+>")
_NAME = re.compile(r"(?:-\s+)?[A-Za-z_\"'][^:=\[\]{};#]*+(?:(?:[:=]\s*+)?(?P<open>[\[{])|[:=])\s*+(?:#.*)?")
_SETTING = re.compile(
    r"[\w-]++\s*+=\s*+(?:[0-9]++|true|false|null|\"[^\"0-9.:/]*\"|[a-z]++(?:\([a-z]+\))?)\s*+[,;]?\s*+(?:#.*)?"
)
_PAIR = re.compile(r"(?P<name>[\w-]++)\s*+[:=]\s*+(?P<value>[^#]++)(?:#.*)?")
_AROUND = " \t\"',;"
_COLUMN = frozenset({"network", "networks", "cidr", "ip", "address", "addresses", "ip address"})
_LONGEST = 300
_NETWORK = re.compile(r"[0-9][./][0-9]|::|(?:[0-9A-Fa-f]{1,4}:){7}")


class Headings:
    """Follows the blocks of a text from line to line: whether its present lines stand under a name that excludes.

    A block ends with its bracket, or at the next name that is indented no deeper.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._outside: tuple[int, int, bool] | None = None  # indentation, depth, and whether it has a bracket

    @property
    def exclude(self) -> bool:
        """Whether networks that stand here are to stay outside."""
        return self._outside is not None

    def take(self, line: str, indent: int) -> bool | None:
        """Take a line that names no network: return whether it excludes; None for a line that is none of these."""
        if len(line) > _LONGEST or _NETWORK.search(line):
            return None
        if _MARK.fullmatch(line) or plain_name(line) in _COLUMN:
            return False
        if _CLOSING.fullmatch(line):
            return self._move(sum(map(line.count, "[{(")) - sum(map(line.count, "]})")))
        if tag := _TAG.fullmatch(line):
            name = plain_name(tag["name"])
            return self._move(-1) if tag["end"] else self._begin(name, indent, "<", name.endswith("none"))
        if name_line := _NAME.fullmatch(line):
            return self._begin(plain_name(line), indent, name_line["open"] or "", False)
        if (pair := _PAIR.fullmatch(line)) and beside_problem(
            [(plain_name(pair["name"]), pair["value"].strip(_AROUND))]
        ):
            self._outside = self._outside or (indent - 1, self._depth - 1, self._depth > 0)
            return True  # as `action = "deny"`, which is said of the block that it stands in
        if _SETTING.fullmatch(line):
            return False
        # A sentence that excludes, or may.
        return self._begin(plain_name(line), indent, "", False) if name_excludes(plain_name(line)) else None

    def _move(self, by: int) -> bool:
        self._depth = max(0, self._depth + by)
        if self._outside and self._outside[2] and self._depth <= self._outside[1]:
            self._outside = None
        return False

    def _begin(self, name: str, indent: int, opens: str, is_none: bool) -> bool:
        if self._outside and indent <= self._outside[0] and self._depth <= self._outside[1]:
            self._outside = None
        is_outside = is_none or name_excludes(name)
        if is_outside and not self._outside:
            self._outside = indent, self._depth, bool(opens)
        self._depth += bool(opens)
        return is_outside
