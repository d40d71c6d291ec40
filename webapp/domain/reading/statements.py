"""Lines of configurations: nginx `allow`, Apache `Require ip`, SPF; rules of firewalls are not read (R13)."""

from __future__ import annotations

import re
from itertools import islice

from webapp.domain.desired import Problem
from webapp.domain.reading.around import NEGATION
from webapp.domain.reading.piece import MAX_PIECES, Piece

_NGINX = re.compile(r"(?:(?:allow|deny)\s++[^;#]*+;\s*+)++(?:#(?P<comment>.*))?", re.IGNORECASE)
_NGINX_ONE = re.compile(r"(?P<act>allow|deny)\s++(?P<what>[^;#]*+);", re.IGNORECASE)
_APACHE = re.compile(r"(?:require\s++ip|allow\s++from)\s++(?P<what>[^#]*+)(?:#(?P<comment>.*))?", re.IGNORECASE)
_APACHE_OUTSIDE = re.compile(r"require\s+not\b|require\s+all\s+denied\b|deny\s+from\b|order\s+\w+\s*,", re.IGNORECASE)
_APACHE_EVERYBODY = re.compile(r"require\s+all\s+granted\b|allow\s+from\s+all\b", re.IGNORECASE)
_FIREWALL = re.compile(
    r"(?:sudo\s+)?(?:ip6?tables(?:-\w+)?|ufw|nft|firewall-cmd|pfctl)\s|-[AIDRNP]\s+[A-Z]", re.IGNORECASE
)
_SPF = re.compile(r"""[^#]*?\bv=spf1(?=[\s"]|$)|["']?[+~?-]?ip[46]:(?=[0-9A-Fa-f:])""", re.IGNORECASE)
_SPF_TERM = re.compile(r"""[^\s"']+""")
_SPF_NETWORK = re.compile(r"\+?ip[46]:(?P<network>.*)", re.IGNORECASE)
_SPF_OUTSIDE = re.compile(r"[~?-]ip[46]:", re.IGNORECASE)
_SPF_END = re.compile(r"v=spf1|[~?-]all|exp=.*", re.IGNORECASE)
_RULE = Problem(
    "firewall_rule", "This is a firewall’s rule, which may mean more than a network: enter its network alone."
)
_ELSEWHERE = Problem("elsewhere", "This stands for addresses that are kept elsewhere: look them up and enter those.")
_EVERYBODY = Problem("everybody", "This would let everybody in. A list has networks, each with its own line.")
_REST = Problem(
    "negation", "Leave this line out: while the list is active, whoever is not listed stays outside anyway."
)


def statement(line: str) -> list[Piece] | None:
    """Return what a line of a configuration names; None for any other line."""
    if line[0].isdecimal():
        return None  # as most lines are
    if _FIREWALL.match(line):
        return [Piece(0, len(line), problem=_RULE)]
    if found := _NGINX.fullmatch(line):
        return [
            _nginx(one).saying(found["comment"])
            for one in islice(_NGINX_ONE.finditer(line, 0, _end(found)), MAX_PIECES)
        ]
    if _APACHE_OUTSIDE.match(line):
        return [Piece(0, len(line), problem=NEGATION)]
    if _APACHE_EVERYBODY.match(line):
        return [Piece(0, len(line), problem=_EVERYBODY)]
    if found := _APACHE.fullmatch(line):
        return _apache(found)
    if found := _SPF.match(line):
        return _spf(line, line.lower().find("v=spf1", 0, found.end()))
    return None


def _end(found: re.Match[str]) -> int:
    return found.end() if found["comment"] is None else found.start("comment") - 1


def _nginx(found: re.Match[str]) -> Piece:
    start, end = found.span("what")
    end = start + len(found["what"].rstrip())
    everybody = found["what"].rstrip().lower() == "all"
    if found["act"].lower() == "deny":
        return Piece(*found.span(), problem=_REST if everybody else NEGATION)
    return Piece(*found.span(), problem=_EVERYBODY) if everybody else Piece(start, end)


def _apache(found: re.Match[str]) -> list[Piece]:
    start, end = found.span("what")
    words = re.compile(r"[^\s,]+").finditer(found.string, start, end)
    return [Piece(*word.span()).saying(found["comment"]) for word in islice(words, MAX_PIECES)]


def _spf(line: str, start: int) -> list[Piece]:
    pieces = []
    for term in islice(_SPF_TERM.finditer(line, max(0, start)), MAX_PIECES):
        if found := _SPF_NETWORK.fullmatch(term[0]):
            shift = term.start()
            pieces.append(Piece(shift + found.start("network"), term.end()))
        elif _SPF_OUTSIDE.match(term[0]):
            pieces.append(Piece(*term.span(), problem=NEGATION))
        elif term[0].lower().endswith("all") and not _SPF_END.fullmatch(term[0]):
            pieces.append(Piece(*term.span(), problem=_EVERYBODY))
        elif not _SPF_END.fullmatch(term[0]):
            pieces.append(Piece(*term.span(), problem=_ELSEWHERE))
    return pieces
