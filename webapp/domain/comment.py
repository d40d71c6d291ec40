"""The comment of a network: plain text of one line (R4)."""

from webapp.domain.text import is_control

MAX_COMMENT = 140  # characters. Another number needs a migration: the column and the check of `network.comment`.
LINE_BREAKS = frozenset("\u2028\u2029")
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class CommentError(ValueError):
    """Why a comment is refused: `code` is the error class, `message` a sentence with the way out."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def parse_comment(text: str) -> str:
    """Return the comment without blanks at its ends.

    Raises:
        CommentError: `comment_too_long` above MAX_COMMENT characters; `comment_characters` for control, line-breaking
            and bidirectional characters, which could disguise what a row or a log line says (ASVS 16.4.1).
    """
    comment = text.strip(" \t\r\n")
    if len(comment) > MAX_COMMENT:
        message = f"The comment must be {MAX_COMMENT} characters or fewer, yours has {len(comment):,}."
        raise CommentError("comment_too_long", message)
    if not (comment.isascii() and comment.isprintable()) and any(map(_is_unwanted, comment)):
        message = "The comment contains a character that can’t be shown. Type it again on one line, as plain text."
        raise CommentError("comment_characters", message)
    return comment


def _is_unwanted(character: str) -> bool:
    return is_control(character) or character in BIDI_CONTROLS or character in LINE_BREAKS
