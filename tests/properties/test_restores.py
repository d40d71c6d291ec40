"""After random changes by everybody, the list after any event comes back, or a refusal says truly why (R16)."""

from __future__ import annotations

import random

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.going_back import walk_and_go_back
from tests.support.long_walk import LongWalk
from tests.support.quick import put_list, scaled
from tests.support.world import World


@settings(max_examples=scaled(12), deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_the_list_that_was_or_a_refusal_and_nobody_is_left_out(app: Flask, world: World, seed: int) -> None:
    put_list(app, world.halden)
    walk = LongWalk(app, world, random.Random(seed))  # noqa: S311 - the same walk each time
    for _ in range(6):
        assert not walk_and_go_back(walk)
