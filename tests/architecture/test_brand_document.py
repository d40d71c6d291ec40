"""docs/adopters.md has the custom properties that a brand may set, and both color schemes can be read."""

from __future__ import annotations

import re
from itertools import product

import pytest

from tests.support.server import ROOT
from webapp.web.assets import BUNDLES
from webapp.web.shipped import STATIC

DOCUMENT = (ROOT / "docs" / "adopters.md").read_text(encoding="utf-8")
PROPERTY = re.compile(r"^  (--[\w-]+): (.+);$", re.MULTILINE)
PAIRS = re.findall(r"^\| (`--.+`) \| (`--.+`) \| ([\d.]+) \|$", DOCUMENT, re.MULTILINE)
OURS = dict(PROPERTY.findall((STATIC / "css" / "base.css").read_text()))
EXAMPLE = dict(PROPERTY.findall((ROOT / "examples" / "brand" / "brand.css").read_text()))


def names(text: str) -> list[str]:
    """Return the properties that a cell of a table names."""
    return re.findall(r"`(--[\w-]+)`", text)


def color(colors: dict[str, str], name: str, scheme: str) -> str:
    """Return a property's color in `light` or `dark`, as six hexadecimal digits."""
    value = colors[name]
    if found := re.fullmatch(r"var\((.+)\)", value):
        return color(colors, found[1], scheme)
    light, dark = re.findall(r"#([0-9a-f]+)", value)
    text: str = light if scheme == "light" else dark
    return text if len(text) == 6 else "".join(digit * 2 for digit in text)


def luminance(text: str) -> float:
    """Return the relative luminance of six hexadecimal digits, as WCAG 2.2 defines it."""
    parts = (int(text[start : start + 2], 16) / 255 for start in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors: 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_document_has_the_properties_of_the_style_sheet_and_no_others() -> None:
    table = DOCUMENT.partition("### Custom properties")[2].partition("### Contrast")[0]
    assert re.findall(r"^\| `(--[\w-]+)` \|", table, re.MULTILINE) == list(OURS)


def test_no_other_style_sheet_has_a_color_that_a_brand_could_not_set() -> None:
    others = {
        name: (STATIC / name).read_text() for name in BUNDLES["app.css"] if not name.endswith(("base.css", "print.css"))
    }
    assert {
        name: found for name, text in others.items() if (found := re.findall(r"#[0-9a-f]{3,8}\b|light-dark", text))
    } == {}


def test_the_example_sets_what_is_documented() -> None:
    assert EXAMPLE
    assert set(EXAMPLE) < set(OURS)


@pytest.mark.parametrize("colors", [OURS, OURS | EXAMPLE], ids=["ours", "example"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_the_document_can_be_read(colors: dict[str, str], scheme: str) -> None:
    assert len(PAIRS) > 5
    faint = [
        (of, on, ratio)
        for ofs, ons, least in PAIRS
        for of, on in product(names(ofs), names(ons))
        if (ratio := contrast(color(colors, of, scheme), color(colors, on, scheme))) < float(least)
    ]
    assert faint == []


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("000000", "ffffff") == 21
    assert round(contrast("767676", "ffffff"), 2) == 4.54


def test_no_name_of_a_portal_is_written_into_the_portal() -> None:
    """The default is in one place, the description of the API has it until it is asked for, the demo sets its own."""
    folders = ("webapp", "templates", "static")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix not in {".pyc", ""}]
    named = {path.name: re.findall(r"Northrack|Customer portal", path.read_text("utf-8")) for path in files}
    assert {name: found for name, found in named.items() if found} == {
        "config.py": ["Customer portal"],
        "openapi.json": ["Customer portal"],
    }
