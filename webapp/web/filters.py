"""Days, moments, names and addresses as people read them: the filters of the templates.

A time is a `<time>` in UTC; `static/js/times.js` says it again by the reader's clock, in the way that `data-as` names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from webapp.runtime import clock

LONG_AGO = 60  # days
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLONS = re.compile(":+(?![:/])")  # a prefix stays at the last group
FITS = 20  # characters, which every line has room for: all of IPv4, and IPv6 as people write it
# Two colons at least: a time of day has one.
IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,}(?:/[0-9]+)?")


def utc(value: datetime) -> str:
    """Return a moment in words, as plain text: 25 Sep 2026, 14:32 UTC."""
    return f"{_long_day(value)}, {_clock(value)} UTC"


def moment(value: datetime) -> Markup:
    """Return a moment: 25 Sep 2026, 14:32 UTC."""
    return _time(value, utc(value))


def at(value: datetime) -> Markup:
    """Return a moment as the end of a sentence: at 14:32 UTC, and the day where it is another one."""
    is_today = value.date() == clock.now().date()
    return _time(value, f"at {_clock(value)} UTC" if is_today else f"on {utc(value)}", "at")


def span(first: datetime, last: datetime) -> Markup:
    """Return a stretch of time as the end of a sentence: on 25 Sep 2026, 14:32 UTC, or from then to another."""
    if utc(first) == utc(last):
        return Markup("on {}").format(moment(last))
    return Markup("from {} to {}").format(moment(first), moment(last))


def day(value: datetime) -> Markup:
    """Return the day of a moment: 25 Sep, and the year where it is another one."""
    return _time(value, _day(value), "day")


def short_day(value: date) -> str:
    """Return a day of this year in words, as plain text: 25 Sep."""
    return f"{value.day} {MONTHS[value.month - 1]}"


def utc_day(value: date) -> Markup:
    """Return a day of UTC, which is no other one elsewhere: 25 Sep."""
    return Markup(f'<time datetime="{value}">{short_day(value)}</time>')  # noqa: S704 - digits and a month


def since(value: datetime | None) -> Markup:
    """Return how long ago the day of a moment was: Today, 19 days ago, Never."""
    return Markup("Never") if value is None else _time(value, _since(value), "since")


def ago(value: datetime) -> Markup:
    """Return how long ago a moment was: just now, 4 min ago, 2 h ago, yesterday, 3 days ago."""
    minutes = int((clock.now() - value).total_seconds() // 60)
    if minutes >= 24 * 60:
        return _time(value, _since(value).replace("Y", "y"), "ago")
    passed = f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"
    return _time(value, passed if minutes >= 1 else "just now", "passed")


def _time(value: datetime, text: str, way: str = "") -> Markup:
    """Return the element; all that is in it is digits and words of ours."""
    said = f' data-as="{way}"' if way else ""
    return Markup(f'<time datetime="{value.isoformat()[:19]}Z"{said}>{text}</time>')  # noqa: S704


def _clock(value: datetime) -> str:
    return f"{value.hour:02}:{value.minute:02}"


def _long_day(value: datetime) -> str:
    return f"{short_day(value)} {value.year}"


def _day(value: datetime) -> str:
    return short_day(value) if value.year == clock.now().year else _long_day(value)


def _since(value: datetime) -> str:
    days = max(0, (clock.now().date() - value.date()).days)
    return {0: "Today", 1: "Yesterday"}.get(days, f"{days} days ago" if days < LONG_AGO else _day(value))


def ip(value: object, more: str = "") -> Markup:
    """Return an address or a network as code that breaks after colons only, if it must; `more`: further classes.

    Copied, it is the text without breaks: <wbr> is empty.
    """
    return Markup(f'<span class="{f"ip {more}" if more else "ip"}">{_broken(str(escape(value)))}</span>')  # noqa: S704


def breakable(text: object) -> Markup:
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
    utc,
    moment,
    at,
    span,
    day,
    short_day,
    utc_day,
    since,
    ago,
    ip,
    breakable,
    in_minutes,
    initials,
    capitalize_first,
)
