"""The look that whoever runs the portal gives it: three files of BRAND_DIR, read once, when the process starts.

They are served as our own are, so nothing may be in them that a page of ours could not do.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from webapp.config import ConfigError

NAMES = ("logo.svg", "icon.svg", "brand.css")
MAX_BYTES = 256 * 1024  # of each
SVG, XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
# Before it is parsed: what a parser would follow or unfold, and what it would leave out.
NO_XML = re.compile(r"<!ENTITY|<!DOCTYPE[^>]*\[|<\?xml-stylesheet", re.IGNORECASE)
NO_ELEMENT = frozenset({"script", "foreignobject", "handler", "listener", "iframe", "object", "embed"})
OWN_PART = re.compile(r"\s*(#|data:image/(?:png|jpeg);)", re.IGNORECASE)
# In a style: whatever it loads, but a part of the same picture. A backslash could spell any of these.
LOADED = re.compile(r"@import|\\|\b(?:image-set|image|src)\(|url\(\s*[\"']?\s*(?!#)[^\s\"')]", re.IGNORECASE)
COMMENT = re.compile(r"(\"[^\"\n]*\"|'[^'\n]*')|/\*.*?\*/", re.DOTALL)  # or a string, in which none begins


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
    found = _loaded(text)
    return found and f"must load nothing and escape nothing, but has {found!r}"


def _wrong_in_picture(text: str) -> str:
    if found := NO_XML.search(text):
        return f"must be a picture that loads nothing, but has {found[0]!r}"
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a DTD there is nothing to unfold
    except ElementTree.ParseError as error:
        return f"is no SVG: {error}"
    if root.tag != f"{{{SVG}}}svg":
        return f'is no SVG: it must begin with <svg xmlns="{SVG}"> and end with </svg>'
    wrong = next((one for element in root.iter() if (one := _wrong_in_element(element))), "")
    return wrong and f"must be a picture that does and loads nothing, but has {wrong!r}"


def _wrong_in_element(element: ElementTree.Element) -> str:
    """Return what a picture may not have, by names alone: a prefix may be called anything."""
    namespace, _, name = element.tag.rpartition("}")
    if name.lower() in NO_ELEMENT or namespace == f"{{{XHTML}":
        return name
    for spelled, value in element.items():
        attribute = spelled.rpartition("}")[2].lower()
        names_link = attribute == "attributename" and value.strip().rpartition(":")[2].lower() == "href"
        if attribute.startswith("on") or names_link:
            return f"{attribute}={value[:40]}"
        if attribute in {"href", "src"} and not OWN_PART.match(value):
            return f"{attribute}={value[:40]}"
        if found := _loaded(value):
            return found
    return _loaded("".join(element.itertext())) if name.lower() == "style" else ""


def _loaded(style: str) -> str:
    """Return what a style would load, or the letters by which it could hide that."""
    found = LOADED.search(COMMENT.sub(lambda one: one[1] or " ", style))
    return found[0] if found else ""
