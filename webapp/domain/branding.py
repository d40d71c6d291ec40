"""What whoever runs the portal says of themselves on its pages: their name, and where help is found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_NAME = 60  # characters
MAX_LINK = 254  # characters
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"{_HOST}(?:\.{_HOST})+"
# No quote, blank, line end or percent sign can stand in either: an address takes no header and a URL no user name.
_EMAIL = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9._+-]{{0,63}}@{_DOMAIN}")
_PATH = r"[A-Za-z0-9._~!$&()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_HTTPS = re.compile(
    rf"https://{_HOST}(?:\.{_HOST})*(?::([1-9][0-9]{{0,4}}))?(?:/(?:{_PATH})*)?(?:\?(?:{_PATH}|[?])*)?(?:#(?:{_PATH}|[?])*)?"
)


@dataclass(frozen=True, slots=True)
class Support:
    """Where support is asked: what a link shows, and where it leads."""

    text: str
    url: str

    @property
    def is_email(self) -> bool:
        """Whether it is an address, which is shown, and no page."""
        return self.url.startswith("mailto:")


def parse_name(text: str) -> str:
    """Return the portal's name as it stands in titles and sentences.

    Raises:
        ValueError: it is too long, begins or ends with a blank, or has characters that no line of text shows.
    """
    if text != text.strip() or not 0 < len(text) <= MAX_NAME:
        raise ValueError(f"must have 1 to {MAX_NAME} characters, without blanks at its ends.")
    if any(character != " " and unicodedata.category(character)[0] in "CZ" for character in text):
        raise ValueError("must be one line of characters that can be seen: no control or direction characters.")
    return text


def parse_support(text: str) -> Support:
    """Return where support is asked.

    Raises:
        ValueError: it is neither an e-mail address nor an https URL.
    """
    if len(text) <= MAX_LINK and _EMAIL.fullmatch(text):
        return Support(text, f"mailto:{text}")
    if not _is_https(text):
        raise ValueError(
            "must be an e-mail address like support@example.com, or an https URL like https://example.com/."
        )
    return Support("Contact support", text)


def parse_url(text: str) -> str:
    """Return an https URL as it was given.

    Raises:
        ValueError: it is none.
    """
    if not _is_https(text):
        raise ValueError("must be an https URL like https://example.com/help, without blanks and user names.")
    return text


def _is_https(text: str) -> bool:
    found = _HTTPS.fullmatch(text) if len(text) <= MAX_LINK else None
    return found is not None and int(found[1] or 443) < 65_536
