"""Who changes must be in (R8b)."""

import pytest

from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.domain.standing import NotLetIn, NotOwner, SignedOut, Standing, require_in

HOME, ELSEWHERE = parse_address("203.0.113.42"), parse_address("198.51.100.201")
INACTIVE = Allowlist().add(parse_network("203.0.113.0/24"))
ACTIVE = INACTIVE.activate(HOME)


def test_an_owner_who_is_signed_in_may_act_from_where_the_list_lets_them_in() -> None:
    owner = Standing(is_signed_in=True, is_owner=True)
    for before, address in ((ACTIVE, HOME), (INACTIVE, HOME), (INACTIVE, ELSEWHERE), (INACTIVE, None)):
        require_in(owner, before, address)


def test_an_active_list_keeps_whoever_it_does_not_cover_from_acting() -> None:
    for address in (ELSEWHERE, None):
        with pytest.raises(NotLetIn):
            require_in(Standing(is_signed_in=True, is_owner=True), ACTIVE, address)


def test_whoever_is_out_for_several_reasons_is_told_what_a_request_is_judged_by_first() -> None:
    with pytest.raises(SignedOut):
        require_in(Standing(is_signed_in=False, is_owner=False), ACTIVE, ELSEWHERE)
    with pytest.raises(NotLetIn):
        require_in(Standing(is_signed_in=True, is_owner=False), ACTIVE, ELSEWHERE)
    with pytest.raises(NotOwner):
        require_in(Standing(is_signed_in=True, is_owner=False), ACTIVE, HOME)
