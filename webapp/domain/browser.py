"""Which browser a `User-Agent` names, in a handful of words; nothing where it names none of these."""

from __future__ import annotations

# The first that is found counts: most browsers also name the ones that they want to be taken for.
BROWSERS = (
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/", "OPT/", "OPiOS/")),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/")),
    ("Safari", ("Safari/",)),
)
# An iPad that asks for desktop pages, as it does unless told otherwise, says that it is a Mac.
SYSTEMS = (
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Android", ("Android",)),
    ("ChromeOS", ("CrOS",)),
    ("Windows", ("Windows NT",)),
    ("macOS", ("Macintosh",)),
    ("Linux", ("Linux",)),
)
LONGEST = max(len(f"{browser} on {system}") for browser, _ in BROWSERS for system, _ in SYSTEMS)


def browser_of(user_agent: str) -> str:
    """Return browser and system (Firefox on Windows), one of them, or nothing.

    The words are ours: nothing of what was sent is in them, and they are at most LONGEST characters.
    """
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser == "Safari" and "Mac OS X" not in user_agent:  # something else on WebKit
        browser = ""
    return " on ".join(word for word in (browser, system) if word)


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], user_agent: str) -> str:
    return next((word for word, marks in known if any(mark in user_agent for mark in marks)), "")
