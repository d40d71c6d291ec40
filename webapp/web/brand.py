"""The look that whoever runs the portal gives it: three files of BRAND_DIR, read once, when the process starts.

They are served as our own are, so nothing may be in them that a page of ours could not do.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from webapp.config import ConfigError

NAMES = ("logo.svg", "icon.svg", "brand.css")
MAX_BYTES = 256 * 1024  # of each
# Names of elements and attributes are spelled out in XML, once there are no entities: they are found without a parser.
ROOT = re.compile(
    r"<(?:[\w-]+:)?svg\s[^>]*[\"']http://www\.w3\.org/2000/svg[\"'].*</(?:[\w-]+:)?svg\s*>\s*$", re.DOTALL
)
NO_PICTURE = re.compile(
    r"<!ENTITY|<!DOCTYPE[^>]*\[|<\?xml-stylesheet"
    r"|<(?:[\w-]+:)?(?:script|foreignObject|handler|listener|iframe|object|embed)\b"
    r"|[\s\"']on\w+\s*=|attributeName\s*=\s*[\"']\s*(?:[\w-]+:)?href"
    r"|href\s*=\s*[\"'](?!#|data:image/(?:png|jpeg);)[^\"']{0,40}",
    re.IGNORECASE,
)
# In a style: whatever it loads, but a part of the same picture. A backslash could spell any of these.
LOADED = re.compile(r"@import|\\|url\(\s*[\"']?\s*(?!#)[^\s\"')]", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def read(folder: str) -> dict[str, bytes]:
    """Return the brand's files by the names that pages link to; none without a folder.

    A link leads where the operator has let it lead: only these three are ever read.

    Raises:
        ConfigError: a file is missing, cannot be read, or has something in it that would not be served.
    """
    return {f"brand/{name}": _file(Path(folder) / name) for name in NAMES} if folder else {}


def _file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ConfigError(f"BRAND_DIR: {path} is missing: it takes {', '.join(NAMES)}.")
        content = path.read_bytes()
        text = content.decode()
    except OSError as error:
        raise ConfigError(f"BRAND_DIR: {path} cannot be read: {error.strerror}.") from error
    except UnicodeError as error:
        raise ConfigError(f"BRAND_DIR: {path} is no text in UTF-8.") from error
    if len(content) > MAX_BYTES:
        raise ConfigError(f"BRAND_DIR: {path} is larger than {MAX_BYTES // 1024} KiB.")
    if wrong := _wrong_in_picture(text) if path.suffix == ".svg" else _wrong_in_style(text):
        raise ConfigError(f"BRAND_DIR: {path} {wrong}.")
    return content


def _wrong_in_style(text: str) -> str:
    found = LOADED.search(COMMENT.sub("", text))
    return f"must load nothing and escape nothing, but has {found[0]!r}" if found else ""


def _wrong_in_picture(text: str) -> str:
    if not ROOT.search(text):
        return 'is no SVG: it must begin with <svg xmlns="http://www.w3.org/2000/svg"> and end with </svg>'
    found = NO_PICTURE.search(text) or LOADED.search(unescape(text))
    return f"must be a picture that loads nothing, but has {found[0]!r}" if found else ""
