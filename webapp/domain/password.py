"""What a new password must not be: too short, too long, or what anybody would try first."""

MIN_PASSWORD = 12
MAX_PASSWORD = 1_024


def _is_text(password: str) -> bool:
    """Whether all of it is characters: bytes of another encoding arrive as halves of surrogate pairs."""
    return not any("\ud800" <= character <= "\udfff" for character in password)


def problem(password: str, *known: str) -> str:
    """Return what is wrong with a new password, or nothing; `known` is what everybody knows of its owner.

    NIST SP 800-63B-4 3.1.1.2 refuses what is easily guessed, context-specific words such as the user name among it.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or "\0" in password or not _is_text(password):
        return f"must have {MIN_PASSWORD} to {MAX_PASSWORD} characters in UTF-8, and no NUL"
    if len(set("".join(password.split()).casefold())) < 2:
        return "must be more than blanks or one character repeated"
    if password.strip().casefold() in {text.casefold() for text in known}:
        return "must not be the e-mail address or the name"
    return ""
