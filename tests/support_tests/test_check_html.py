"""The HTML check finds what is wrong, and only that."""

import pytest

from scripts.check_html import FRAME, has_java, validate

GOOD = FRAME.format("good", '<p id="a" hx-get="/x">Fine</p>')
BAD = {
    "a form in a span": FRAME.format("bad", "<span><form></form></span>"),
    "an id twice": FRAME.format("bad", '<p id="a">1</p><p id="a">2</p>'),
    "an unknown attribute": FRAME.format("bad", '<p frobnicate="1">1</p>'),
}


def test_only_what_is_wrong_is_reported_with_the_name_of_its_state() -> None:
    if not has_java():
        pytest.skip("needs Java (package default-jre-headless)")
    problems = validate({"good": GOOD, **BAD})
    assert {problem.partition(":")[0] for problem in problems} == set(BAD)
