"""An e-mail address has one spelling for whoever creates a user, signs in, or counts failures."""

import pytest

from webapp.domain.email_address import canonical_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana@Example.COM ", "dana@example.com"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
        ("X@B\u00dcCHER.example", "x@b\u00fccher.example"),
    ],
)
def test_it_is_kept_as_it_was_typed_but_for_case_blanks_and_composition(typed: str, kept: str) -> None:
    assert canonical_email(typed) == kept
    assert canonical_email(kept) == kept
