import pytest

from webapp.domain.comment import MAX_COMMENT, CommentError, parse_comment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rotterdam office",
        "<script>alert(1)</script>",
        '=HYPERLINK("http://example.com")',
        "'; DROP TABLE network;--",
        "{{ 7 * 7 }} %s %(x)s",
        "Büro Zürich, 東京, مكتب",
        "👩‍💻 home",
        "e\u0301 stays as it was typed",
        "a\u00a0b",
    ],
)
def test_plain_text_of_one_line_is_kept_as_it_is(text: str) -> None:
    assert parse_comment(text) == text


def test_blanks_at_the_ends_go() -> None:
    assert parse_comment(" \t\r\n Office  VPN \r\n") == "Office  VPN"
    assert parse_comment(" \t\r\n ") == ""


@pytest.mark.parametrize("character", ["x", "é", "東", "💻"])
def test_the_limit_is_140_characters_of_any_width(character: str) -> None:
    assert parse_comment(character * MAX_COMMENT) == character * 140
    with pytest.raises(CommentError) as caught:
        parse_comment(character * 141)
    assert caught.value.code == "comment_too_long"
    assert "140" in caught.value.message
    assert "141" in caught.value.message


def test_the_limit_counts_what_would_be_stored() -> None:
    assert parse_comment("  " + "x" * 140 + "\r\n") == "x" * 140


@pytest.mark.parametrize(
    "character",
    [
        *"\0\x01\x07\x08\x1b\x7f\x80\x85\x9f",
        *"\n\r\t\v\f\u2028\u2029",
        *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        *"\ud800\udfff\uffff\ufffe",
    ],
)
def test_a_character_that_could_disguise_the_text_is_refused(character: str) -> None:
    with pytest.raises(CommentError) as caught:
        parse_comment(f"a{character}b")
    assert caught.value.code == "comment_characters"


def test_a_comment_that_is_too_long_and_disguised_is_refused_once() -> None:
    with pytest.raises(CommentError) as caught:
        parse_comment("\0" * 100_000)
    assert caught.value.code == "comment_too_long"
