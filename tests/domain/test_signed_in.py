"""Whom a change of the list can sign out."""

import pytest

from webapp.domain.allowlist import Allowlist
from webapp.domain.network import Network
from webapp.domain.signed_in import may_sign_out

ONE, OTHER = map(Network.from_canonical, ("203.0.113.0/24", "198.51.100.0/24"))


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (Allowlist(active=True).add(ONE), Allowlist(active=True).add(ONE, "a comment"), False),
        (Allowlist(active=True).add(ONE).add(OTHER), Allowlist(active=True).add(ONE), True),
        (Allowlist(active=True).add(ONE), Allowlist(active=True).add(OTHER), True),
        (Allowlist(active=False).add(ONE), Allowlist(active=True).add(ONE), True),
        (Allowlist(active=False).add(ONE), Allowlist(active=False).add(OTHER), False),
        (Allowlist(active=True).add(ONE), Allowlist(active=False), False),
    ],
    ids=["comment", "delete", "edit", "activate", "edit of an inactive list", "deactivate"],
)
def test_a_change_signs_out_only_by_what_is_in_effect_after_it(before: Allowlist, after: Allowlist, may: bool) -> None:
    assert may_sign_out(before, after) is may
