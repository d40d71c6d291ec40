"""Days, moments, names and addresses as people read them: the filters of the templates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from webapp.runtime import clock

LONG_AGO = 60  # days
COLONS = re.compile(":+")
FITS = 20  # characters, which every line has room for: all of IPv4, and IPv6 as people write it
# Two colons at least: a time of day has one.
IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,}")


def moment(value: datetime) -> str:
    """Return a moment in words: 25 Sep 2026, 14:32 UTC."""
    return f"{value.day} {value:%b %Y, %H:%M} UTC"


def at(value: datetime) -> str:
    """Return a moment as the end of a sentence: at 14:32 UTC, and the day where it is another one."""
    return f"at {value:%H:%M} UTC" if value.date() == clock.now().date() else f"on {moment(value)}"


def span(first: datetime, last: datetime) -> str:
    """Return a stretch of time as the end of a sentence: on 25 Sep 2026, 14:32 UTC, or from then to another."""
    start, end = moment(first), moment(last)
    return f"on {end}" if start == end else f"from {start} to {end}"


def day(value: datetime) -> str:
    """Return a day in words: 25 Sep, and the year where it is another one."""
    return f"{value.day} {value:%b}" if value.year == clock.now().year else f"{value.day} {value:%b %Y}"


def short_day(value: date) -> str:
    """Return a day of this year in words: 25 Sep."""
    return f"{value.day} {value:%b}"


def since(value: datetime | None) -> str:
    """Return how long ago a day was: Today, 19 days ago, Never."""
    if value is None:
        return "Never"
    days = (clock.now().date() - value.date()).days
    return {0: "Today", 1: "Yesterday"}.get(max(0, days), f"{days} days ago" if days < LONG_AGO else day(value))


def ago(value: datetime) -> str:
    """Return how long ago a moment was: just now, 4 min ago, 2 h ago, 3 days ago."""
    minutes = int((clock.now() - value).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 24 * 60 else since(value).lower()


def ip(value: object, more: str = "") -> Markup:
    """Return an address or a network as code that breaks after colons only, if it must; `more`: further classes.

    Copied, it is the text without breaks: <wbr> is empty.
    """
    return Markup(f'<span class="{f"ip {more}" if more else "ip"}">{_broken(str(escape(value)))}</span>')  # noqa: S704


def breakable(text: str) -> Markup:
    """Return a sentence whose addresses break after colons only."""
    return Markup(IPV6.sub(lambda found: _broken(found[0]), str(escape(text))))  # noqa: S704


def _broken(text: str) -> str:
    return COLONS.sub(r"\g<0><wbr>", text) if len(text) > FITS else text


def in_minutes(seconds: int) -> str:
    """Return how long to wait, in minutes rounded up: in 1 minute, in 14 minutes."""
    minutes = -(-seconds // 60)
    return f"in {minutes} minute{'' if minutes == 1 else 's'}"


def initials(name: str) -> str:
    """Return the first letters of the first and last name."""
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


def capitalize_first(text: str) -> str:
    """Return the text with a capital first letter, and the rest as it is."""
    return text[:1].upper() + text[1:]


def and_more(names: Sequence[str], total: int) -> str:
    """Return the names that are shown, and how many there are besides: Dana Kessler, Mara Osei and 1,214 more."""
    hidden = total - len(names)
    return ", ".join(names) + (f" and {hidden:,} more" if hidden > 0 else "")


FILTERS = (
    and_more,
    moment,
    at,
    span,
    day,
    short_day,
    since,
    ago,
    ip,
    breakable,
    in_minutes,
    initials,
    capitalize_first,
)
