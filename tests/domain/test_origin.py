"""Which forms come from a page of another origin; `webapp/domain/origin.py`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from webapp.domain.origin import is_foreign

OURS = "https://portal.example.com"
HOST = "portal.example.com"


def foreign(origin: str | None, fetch_site: str | None = None, *, public_url: str = "", host: str = HOST) -> bool:
    return is_foreign(origin, fetch_site, public_url=public_url, host=host)


def test_a_request_that_names_no_origin_is_left_to_its_token() -> None:
    assert not foreign(None)
    assert not foreign(None, public_url=OURS)


@pytest.mark.parametrize("said", ["same-origin", "none", "", "a word of tomorrow"])
def test_only_words_for_other_origins_say_something(said: str) -> None:
    assert not foreign(None, said)
    assert not foreign(OURS, said, public_url=OURS)


@pytest.mark.parametrize(("said", "origin"), [*product(["cross-site", "same-site"], [None, "null", OURS])])
def test_another_site_is_foreign_whatever_origin_it_names(said: str, origin: str | None) -> None:
    assert foreign(origin, said)
    assert foreign(origin, said, public_url=OURS)


def test_null_is_foreign_unless_the_browser_says_that_it_is_the_same_origin() -> None:
    for public_url in ("", OURS):
        assert foreign("null", public_url=public_url)
        assert foreign("null", "none", public_url=public_url)
        assert not foreign("null", "same-origin", public_url=public_url)


@pytest.mark.parametrize(
    ("origin", "public_url"),
    [
        (OURS, OURS),
        (OURS + ":443", OURS),
        (OURS, OURS + ":443"),
        ("HTTPS://Portal.Example.com", OURS),
        ("http://portal.example.com", "http://portal.example.com:80"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_our_own_origin_is_not_foreign_however_it_is_written(origin: str, public_url: str) -> None:
    assert not foreign(origin, public_url=public_url, host="127.0.0.1:8000")


def others() -> Iterator[str]:
    """Everything but our origin."""
    yield from ("http://portal.example.com", OURS + ":8443", "https://www.portal.example.com", "https://example.com")
    yield from ("https://portal.example.com.evil.example", "https://evil.example/portal.example.com", "https://[", "")
    yield from (OURS + "/", OURS + "?x", OURS + "#x", "https://a@portal.example.com", OURS + ":port", "//", "https://")
    yield from (f"{OURS}, https://evil.example", f"{OURS} {OURS}", "portal.example.com", "https:portal.example.com")
    yield from ("https://portal.example.com\\@evil.example", "https://p\u043ertal.example.com", OURS + ":99999", "nul")


@pytest.mark.parametrize("origin", [*others()])
def test_any_other_origin_is_foreign(origin: str) -> None:
    assert foreign(origin, public_url=OURS)
    assert foreign(origin, "same-origin", public_url=OURS)


@pytest.mark.parametrize("host", [HOST, HOST + ":8000", "PORTAL.example.com"])
def test_without_a_public_url_the_host_name_alone_is_compared(host: str) -> None:
    for origin in (OURS, "http://portal.example.com", OURS + ":8443"):
        assert not foreign(origin, host=host)
    for origin in ("https://evil.example", "http://portal.example.com.evil.example", "https://a@portal.example.com"):
        assert foreign(origin, host=host)
    assert not foreign("http://[::1]:8000", host="[::1]")
    assert foreign("http://[::1]:8000", host="[::2]")


def test_what_is_no_origin_is_foreign_even_where_the_host_is_nothing_either() -> None:
    for host in ("", "[", ":8000"):
        for origin in ("", "https://", "https://[", "//"):
            assert foreign(origin, host=host)
