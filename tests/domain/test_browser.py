"""What browsers call themselves, and what is said of them; `webapp/domain/browser.py`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.browser import BROWSERS, LONGEST, SYSTEMS, browser_of

WINDOWS, MAC, LINUX = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"
IPHONE, IPAD = "iPhone; CPU iPhone OS 18_5 like Mac OS X", "iPad; CPU OS 18_5 like Mac OS X"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
MOBILE = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
WORDS = {word for word, _ in (*BROWSERS, *SYSTEMS)}


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (f"Mozilla/5.0 ({WINDOWS}) {CHROME}", "Chrome on Windows"),
        (f"Mozilla/5.0 ({MAC}) {CHROME}", "Chrome on macOS"),
        (f"Mozilla/5.0 ({LINUX}) {CHROME}", "Chrome on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {MOBILE}", "Chrome on Android"),
        (f"Mozilla/5.0 ({IPHONE}) {WEBKIT} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (f"Mozilla/5.0 ({WINDOWS}) {CHROME} Edg/140.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; HD1913) {MOBILE} EdgA/139.0.3405.86", "Edge on Android"),
        (f"Mozilla/5.0 ({IPHONE}) {WEBKIT} Version/18.0 EdgiOS/139.0 Mobile/15E148 Safari/605.1.15", "Edge on iPhone"),
        (f"Mozilla/5.0 ({WINDOWS}; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.6; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on macOS"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0", "Firefox on Android"),
        (f"Mozilla/5.0 ({IPAD}) {WEBKIT} FxiOS/142.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPad"),
        (f"Mozilla/5.0 ({MAC}) {WEBKIT} Version/18.5 Safari/605.1.15", "Safari on macOS"),
        (f"Mozilla/5.0 ({IPHONE}) {WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"Mozilla/5.0 ({IPAD}) {WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPad"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {MOBILE} SamsungBrowser/28.0", "Samsung Internet on Android"),
        (f"Mozilla/5.0 ({WINDOWS}) {CHROME} OPR/120.0.0.0", "Opera on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {MOBILE} OPR/90.0.0.0", "Opera on Android"),
        (f"Mozilla/5.0 ({IPHONE}) {WEBKIT} Version/18.4 Mobile/15E148 Safari/604.1 OPT/5.4.1", "Opera on iPhone"),
        (f"Mozilla/5.0 (FreeBSD amd64) {CHROME}", "Chrome"),
        (f"Mozilla/5.0 ({LINUX}) {WEBKIT} Version/17.0 Safari/605.1.15", "Linux"),
        (f"Mozilla/5.0 ({WINDOWS}; Trident/7.0; rv:11.0) like Gecko", "Windows"),
    ],
)
def test_a_browser_is_said_as_its_people_call_it(user_agent: str, said: str) -> None:
    assert browser_of(user_agent) == said


@pytest.mark.parametrize(
    "user_agent", ["", "curl/8.14.1", "python-requests/2.32", "\0\x1b[31m", "<b>Firefox</b>", "x" * 8192]
)
def test_of_anything_else_nothing_is_said(user_agent: str) -> None:
    assert browser_of(user_agent) == ""


@pytest.mark.parametrize("extra", ["<script>alert(1)</script>", "\r\n\x00\x7f\u202e", "Firefox/" * 1000, "é" * 8192])
def test_nothing_of_a_hostile_one_is_said(extra: str) -> None:
    assert browser_of(f"{extra} (Windows NT 10.0) {extra} Firefox/142.0 {extra}") == "Firefox on Windows"


@given(st.lists(st.one_of(st.text(), st.sampled_from([mark for _, marks in (*BROWSERS, *SYSTEMS) for mark in marks]))))
def test_only_words_of_ours_are_said_and_they_fit(parts: list[str]) -> None:
    said = browser_of("".join(parts))
    assert set(said.split(" on ")) <= WORDS | {""}
    assert len(said) <= LONGEST
