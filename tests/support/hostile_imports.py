"""Texts and files that are made to cost, to break, or to get in unseen, for every way in for many networks."""

from __future__ import annotations

from webapp.domain.reading.unreadable import MAX_BYTES

NET = "192.0.2.0/24"
FORMULA = '=HYPERLINK("https://example.com","x")'
RIGHT_TO_LEFT = "\u202e\u0645\u0643\u062a\u0628 \u200b\u200d\ufeff"


def lines(line: str, count: int = 100_000) -> str:
    """Return so many lines, as far as a text may be long."""
    return (line + "\n") * min(count, MAX_BYTES // (len(line.encode()) + 1))


TEXTS = {
    "one line": "x" * MAX_BYTES,
    "one line of digits": "1." * (MAX_BYTES // 2),
    "one line of colons": ":" * MAX_BYTES,
    "one line of networks": f"{NET} " * (MAX_BYTES // 13),
    "one line of quotes": '"' * MAX_BYTES,
    "lines": lines("x"),
    "empty lines": "\n" * MAX_BYTES,
    "carriage returns": "\r" * MAX_BYTES,
    "lines of comment": lines("#"),
    "a network again and again": lines("192.0.2.1"),
    "ranges": lines("192.0.2.1-192.0.2.254", 1_000),
    "networks that are nearly right": lines("192.0.2.7/24 Office", 1_000),
    "a table of 10,000 columns": f"network,{'x,' * 10_000}\n{NET},{'y,' * 10_000}",
    "a row of 10,000 columns": f"network,comment\n{NET},{'y,' * 10_000}",
    "JSON 1,000 deep": "[" * 1_000 + f'"{NET}"' + "]" * 1_000,
    "objects 1,000 deep": '{"a":' * 1_000 + "1" + "}" * 1_000,
    "JSON 100,000 deep": "[" * 100_000,
    "JSON of many values": f'["{NET}"{",1" * 100_000}]',
    "JSON of many masks": '{"mask":"255.0.0.0"' + "".join(f',"{n}":"192.0.2.1"' for n in range(10_000)) + "}",
    "JSON with a long number": f'{{"a":{"9" * 200_000},"b":"{NET}"}}',
    "JSON that breaks off": '{"networks":[{"network":"192.0.2.0/24"},',
    "JSON escapes": '["\\u0000192.0.2.0/24","\\ud800","\\u202e192.0.2.0/24"]',
    "unterminated quotes": lines(f'{NET},"Office'),
    "an unterminated quote in a table": "network,comment\n" + lines(f'{NET},"Office'),
    "quotes in quotes": "network,comment\n" + lines(f'{NET},"Off""ice'),
    "right to left, and nothing": lines(f"{RIGHT_TO_LEFT}{NET} {RIGHT_TO_LEFT}", 1_000),
    "formulas": lines(f"{NET} # {FORMULA}", 1_000),
    "markup": lines(f"{NET} <script>alert(1)</script> {{{{ 7*7 }}}}", 1_000),
    "control characters": lines("\x01\x1b[31m192.0.2.0/24\x7f"),
    "SPF": "v=spf1 " + "ip4:192.0.2.0/24 " * 10_000,
    "nginx": "allow 192.0.2.0/24;" * 10_000,
    "brackets": lines("[{("),
    "blocks": lines("/*"),
}
FILES = {
    **{name: text.encode() for name, text in TEXTS.items()},
    "NULs": b"192.0.2.0/24\0" * 10_000,
    "nothing but NULs": bytes(MAX_BYTES),
    "every byte": bytes(range(256)) * 1_000,
    "UTF-16": lines(NET, 1_000).encode("utf-16"),
    "UTF-16 without its mark": lines(NET, 1_000).encode("utf-16-le"),
    "UTF-16 that breaks off": lines(NET, 10).encode("utf-16")[:-1],
    "half of a pair in UTF-16": b"\xff\xfe\x00\xd8" * 10_000,
    "UTF-32": lines(NET, 1_000).encode("utf-32"),
    "two encodings": f"{NET} Büro\n".encode() + "192.0.2.0/25 Büro\n".encode("utf-16"),
    "two encodings the other way": "192.0.2.0/25 Büro\n".encode("utf-16") + f"{NET} Büro\n".encode(),
    "two encodings of one byte": f"{NET} Büro\n".encode() + "192.0.2.0/25 Büro\n".encode("cp1252"),
    "overlong UTF-8": b"192.0.2.0/24 \xc0\x80\xe0\x80\xaf\n",
    "1 MB": b"192.0.2.0/24\n" * 80_000,
    "a zip": b"PK\x03\x04" + bytes(range(256)) * 100,
}
