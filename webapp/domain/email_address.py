"""An e-mail address as it is kept and compared."""

import unicodedata


def canonical_email(text: str) -> str:
    """Return the address in one spelling: without blanks at its ends, in lower case, composed (Unicode NFC).

    Creating a user, signing in and the throttle all use this one: what made the user must sign them in.
    """
    return unicodedata.normalize("NFC", text.strip()).lower()
