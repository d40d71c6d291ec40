"""The filters of the templates: addresses break after colons, and nowhere else."""

import pytest
from markupsafe import Markup

from webapp.web.filters import breakable, ip

PIECES = {
    "203.0.113.0/24": ["203.0.113.0/24"],
    "2001:db8:9::51": ["2001:db8:9::51"],
    "2001:db8:1234:5678::9abc/128": ["2001:", "db8:", "1234:", "5678::", "9abc/128"],
    "2001:db8:1234:5678::/64": ["2001:", "db8:", "1234:", "5678::/64"],
    "no address is known to us": ["no address is known to us"],
}


@pytest.mark.parametrize("text", PIECES)
def test_an_address_breaks_after_colons_and_is_copied_whole(text: str) -> None:
    markup = ip(text)
    assert markup.removeprefix('<span class="ip">').removesuffix("</span>").split("<wbr>") == PIECES[text]
    assert markup.striptags() == text


def test_what_was_typed_stays_text() -> None:
    assert ip("<b>") == Markup('<span class="ip">&lt;b&gt;</span>')
    assert "<b>" not in breakable("<b> 192.0.2.1")


def test_an_address_may_have_further_classes() -> None:
    assert ip("none", "small muted") == Markup('<span class="ip small muted">none</span>')


@pytest.mark.parametrize(
    ("sentence", "broken"),
    [
        ("From 192.0.2.1, at 14:32 UTC. Go on.", "From 192.0.2.1, at 14:32 UTC. Go on."),
        ("It is 2001:db8:1234:5678::9abc.", "It is 2001:|db8:|1234:|5678::|9abc."),
        ("Add 2001:db8:1234:5678::/64", "Add 2001:|db8:|1234:|5678::/64"),
        ("Write 010 as 10 or 8.", "Write 010 as 10 or 8."),
    ],
)
def test_in_a_sentence_only_addresses_break(sentence: str, broken: str) -> None:
    assert breakable(sentence).split("<wbr>") == broken.split("|")
