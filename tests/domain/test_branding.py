"""The name and the links that whoever runs the portal gives it; `webapp/domain/branding.py`."""

from __future__ import annotations

import pytest

from webapp.domain.branding import MAX_NAME, parse_name, parse_support, parse_url

NO_URLS = [
    "http://example.com/",
    "HTTPS://example.com/",
    "javascript:alert(1)",
    "https:javascript:alert(1)",
    "data:text/html,x",
    "//example.com/",
    "https://",
    "https://dana@example.com/",
    "https://dana:word@example.com/",
    "https://example.com@198.51.100.7/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://-example.com/",
    "https://example..com/",
    "https://example.com/a b",
    'https://example.com/"onmouseover="x',
    "https://example.com/<script>",
    "https://example.com/\\evil",
    "https://example.com/%0",
    "https://exämple.com/",
    "https://example.com/\r\nSet-Cookie: a=b",
    "https://example.com/\n",
    " https://example.com/",
    "https://example.com/" + "a" * 300,
]
NO_EMAILS = [
    "support",
    "support@localhost",
    "support@example.com\n",
    "support@example.com\r\nBcc: everybody@example.com",
    "support@example.com?bcc=everybody@example.com",
    "support@example.com,other@example.com",
    "support%0ABcc:x@example.com",
    "Support <support@example.com>",
    "mailto:support@example.com",
    "support@@example.com",
    "support @example.com",
    "-f@example.com",
    "süpport@example.com",
    "a" * 65 + "@example.com",
]
NO_NAMES = [
    "",
    " ",
    " Acme",
    "Acme ",
    "Acme\nportal",
    "Acme\x00",
    "Acme\u202e",
    "Ac\u200bme",
    "Acme\u2028",
    "x" * (MAX_NAME + 1),
]


@pytest.mark.parametrize("text", NO_URLS)
def test_what_is_no_https_url_is_refused(text: str) -> None:
    for parse in (parse_url, parse_support):
        with pytest.raises(ValueError, match="https URL"):
            parse(text)


@pytest.mark.parametrize("text", NO_EMAILS)
def test_what_is_no_plain_email_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        parse_support(text)


@pytest.mark.parametrize(
    "text", ["https://example.com", "https://a.example:443/b/%C3%A4?c=d&e=1#f", "https://intranet/help"]
)
def test_an_https_url_stays_as_it_is(text: str) -> None:
    assert parse_url(text) == parse_support(text).url == text


def test_an_email_address_is_shown_and_leads_to_a_mail() -> None:
    support = parse_support("first.last+portal@support.example.com")
    assert (support.text, support.url) == ("first.last+portal@support.example.com", "mailto:" + support.text)
    assert support.is_email
    assert not parse_support("https://example.com/").is_email


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_cannot_be_a_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_name(text)


@pytest.mark.parametrize("text", ["Acme", "Söhne & Co. <Portal>", "顧客ポータル", "x" * MAX_NAME])
def test_a_name_has_any_characters_that_are_seen(text: str) -> None:
    assert parse_name(text) == text
