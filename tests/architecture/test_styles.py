"""What holds for every style sheet."""

import re

from webapp.web.assets import BUNDLES
from webapp.web.shipped import STATIC

STYLES = [STATIC / name for name in BUNDLES["app.css"]]
SCREEN = [path for path in STYLES if path.name != "print.css"]


def test_text_has_the_size_that_the_readers_browser_is_set_to() -> None:
    fixed = re.compile(r"\n\s*(?:font|font-size):[^;]*\dpx")
    assert [path.name for path in SCREEN if fixed.search(path.read_text())] == []


def test_a_narrow_window_is_told_by_the_size_of_its_text_and_paper_is_none() -> None:
    queries = [query for path in STYLES for query in re.findall(r"@media ([^{]*width[^{]*) {", path.read_text())]
    assert queries
    in_em = re.compile(r"screen(?: and \((?:min|max)-(?:width|height): [\d.]+em\))+")
    assert [query for query in queries if not in_em.fullmatch(query)] == []
